package dev.steerage.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Command;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.Prompt;
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.schemas.message.Work;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.TestBroker;
import dev.steerage.testkit.TopicReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/// One tenant's side of a worker, for tests: what admission, the policy engineer and the reader do.
final class Bench implements AutoCloseable {
  static final Path TOKFSM = Path.of("..", "..", "infra", "models", "tokfsm");
  static final Duration DEADLINE = Duration.ofSeconds(30);

  private final TestBroker broker;
  private final TenantId tenant;
  private final TopicReader<String, Completion> completions;
  private final TopicReader<String, RuleAck> acks;

  Bench(TestBroker broker) {
    this.broker = broker;
    broker.provision(Topics.ofModel("tokfsm"));
    tenant = broker.newTenant();
    completions = broker.read(Topics.COMPLETIONS.of(tenant));
    acks = broker.read(Topics.RULE_ACKS.of(tenant));
  }

  static WorkerConfig config(TestBroker broker, String name) {
    return WorkerConfig.of(broker.bootstrap(), TOKFSM, "auto", name);
  }

  TenantId tenant() {
    return tenant;
  }

  void prompt(String request, PromptBuilder prompt) {
    Prompt built = prompt.build();
    Work work = new Work(tenant.name(), request, built, 0, 0, System.currentTimeMillis());
    String key = Topics.workKey(tenant, built.session().orElse(request));
    broker.send(Topics.work("tokfsm"), key, work);
  }

  /// A prompt with a header.
  void prompt(String request, PromptBuilder prompt, String header, String value) {
    Work work = new Work(tenant.name(), request, prompt.build(), 0, 0, System.currentTimeMillis());
    var topic = Topics.work("tokfsm");
    var record =
        new ProducerRecord<>(
            topic.name(),
            Topics.workKey(tenant, request).getBytes(StandardCharsets.UTF_8),
            topic.value().encode(work));
    record.headers().add(header, value.getBytes(StandardCharsets.UTF_8));
    broker.send(record);
  }

  /// @return the revision
  long rule(RuleChange change, String key) {
    return broker.send(Topics.RULES.of(tenant), key, change).offset();
  }

  void command(Command command) {
    broker.send(Topics.COMMANDS.of(tenant), command.request(), command);
  }

  Completion.Finished finished(String request) {
    return (Completion.Finished)
        completions
            .await(
                "the end of " + request,
                DEADLINE,
                record -> isOf(record, request) && record.value() instanceof Completion.Finished)
            .value();
  }

  /// Waits for a token of at least this index.
  Completion.Token token(String request, int index) {
    completions.await(
        "token " + index + " of " + request,
        DEADLINE,
        record ->
            isOf(record, request)
                && record.value() instanceof Completion.Tokens tokens
                && tokens.tokens().getLast().index() >= index);
    return tokens(request).stream()
        .filter(token -> token.index() == index)
        .findFirst()
        .orElseThrow();
  }

  /// Every token of a request that was read so far, in the order of the topic.
  List<Completion.Token> tokens(String request) {
    List<Completion.Token> all = new ArrayList<>();
    for (ConsumerRecord<String, Completion> record : completions.toEnd()) {
      if (isOf(record, request) && record.value() instanceof Completion.Tokens tokens) {
        all.addAll(tokens.tokens());
      }
    }
    return all;
  }

  /// The tokens of a prompt that asked how probable they are.
  List<Completion.PromptToken> promptTokens(String request) {
    return completions.toEnd().stream()
        .filter(record -> isOf(record, request))
        .map(ConsumerRecord::value)
        .filter(Completion.Tokens.class::isInstance)
        .flatMap(tokens -> ((Completion.Tokens) tokens).prompt().stream())
        .toList();
  }

  /// Every token of a request's twin that was read so far, in the order of the topic.
  List<Completion.PairedToken> twin(String request) {
    return paired(request).stream().flatMap(event -> event.tokens().stream()).toList();
  }

  /// How its halves ended, in the order of the topic.
  List<Completion.HalfEnd> halfEnds(String request) {
    return paired(request).stream().flatMap(event -> event.ended().stream()).toList();
  }

  private List<Completion.Paired> paired(String request) {
    return completions.toEnd().stream()
        .filter(record -> isOf(record, request))
        .map(ConsumerRecord::value)
        .filter(Completion.Paired.class::isInstance)
        .map(Completion.Paired.class::cast)
        .toList();
  }

  List<Completion.Started> started(String request) {
    return completions.toEnd().stream()
        .filter(record -> isOf(record, request))
        .map(ConsumerRecord::value)
        .filter(Completion.Started.class::isInstance)
        .map(Completion.Started.class::cast)
        .toList();
  }

  RuleAck ack(String what, Predicate<RuleAck> matches) {
    return acks.await(what, DEADLINE, record -> matches.test(record.value())).value();
  }

  List<RuleAck> acks() {
    return acks.toEnd().stream().map(ConsumerRecord::value).toList();
  }

  private static boolean isOf(ConsumerRecord<String, Completion> record, String request) {
    return record.value().request().equals(request);
  }

  /// Token ids by request and index, as somebody sees them who reads everything, aborted
  /// transactions included, and keeps the first of each.
  Map<String, Integer> tokensOfAnUncommittedReader() {
    try (var reader = TopicReader.uncommitted(broker.bootstrap(), Topics.COMPLETIONS.of(tenant))) {
      return tokensByIndex(reader.toEnd(), true);
    }
  }

  /// The same of somebody who reads committed records; a token that comes twice fails.
  Map<String, Integer> tokensOfACommittedReader() {
    return tokensByIndex(completions.toEnd(), false);
  }

  private static Map<String, Integer> tokensByIndex(
      List<ConsumerRecord<String, Completion>> records, boolean mayRepeat) {
    Map<String, Integer> ids = new TreeMap<>();
    for (ConsumerRecord<String, Completion> record : records) {
      if (record.value() instanceof Completion.Tokens tokens) {
        for (Completion.Token token : tokens.tokens()) {
          Integer before = ids.putIfAbsent(tokens.request() + "/" + token.index(), token.id());
          assertThat(before == null || mayRepeat).isTrue();
        }
      }
    }
    return ids;
  }

  /// Deletes every topic of the tenant.
  void deleteTopics() {
    try (var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
      List<String> names = Topics.ofTenant().stream().map(kind -> kind.of(tenant).name()).toList();
      admin.deleteTopics(names).all().get(30, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("topics of " + tenant + " not deleted", e);
    }
  }

  @Override
  public void close() {
    completions.close();
    acks.close();
  }

  /// A prompt for the automaton, with what a test wants to be different.
  static final class PromptBuilder {
    private String text = "12";
    private List<Integer> tokens = List.of();
    private java.util.Optional<String> session = java.util.Optional.empty();
    private int maxTokens = 16;
    private double temperature;
    private long seed = 1;
    private java.util.OptionalDouble pace = java.util.OptionalDouble.empty();
    private java.util.Optional<Prompt.Fence> fence = java.util.Optional.empty();
    private java.util.OptionalLong deadline = java.util.OptionalLong.empty();
    private int topLogprobs;
    private List<String> stop = List.of();
    private java.util.Optional<Prompt.Capture> capture = java.util.Optional.empty();

    private boolean standingRules = true;
    private boolean pair;
    private boolean promptLogprobs;

    PromptBuilder promptLogprobs() {
      promptLogprobs = true;
      return this;
    }

    PromptBuilder paired() {
      pair = true;
      return this;
    }

    PromptBuilder withoutStandingRules() {
      standingRules = false;
      return this;
    }

    PromptBuilder session(String value) {
      session = java.util.Optional.of(value);
      return this;
    }

    PromptBuilder tokens(List<Integer> value) {
      tokens = value;
      return this;
    }

    PromptBuilder text(String value) {
      text = value;
      return this;
    }

    PromptBuilder maxTokens(int value) {
      maxTokens = value;
      return this;
    }

    PromptBuilder sampled(long value) {
      temperature = 1;
      seed = value;
      return this;
    }

    PromptBuilder pace(double value) {
      pace = java.util.OptionalDouble.of(value);
      return this;
    }

    PromptBuilder fence(long revision, long timeoutMs) {
      fence = java.util.Optional.of(new Prompt.Fence(revision, timeoutMs));
      return this;
    }

    PromptBuilder deadline(long epochMs) {
      deadline = java.util.OptionalLong.of(epochMs);
      return this;
    }

    PromptBuilder topLogprobs(int value) {
      topLogprobs = value;
      return this;
    }

    PromptBuilder stop(String value) {
      stop = List.of(value);
      return this;
    }

    PromptBuilder capture(Prompt.Capture value) {
      capture = java.util.Optional.of(value);
      return this;
    }

    Prompt build() {
      return new Prompt(
          Prompt.VERSION,
          java.util.Optional.empty(),
          session,
          "tokfsm",
          tokens.isEmpty() ? java.util.Optional.of(text) : java.util.Optional.empty(),
          tokens,
          new Prompt.Sampling(temperature, 0, 1, 1, seed),
          java.util.OptionalInt.of(maxTokens),
          topLogprobs,
          stop,
          Map.of(),
          fence,
          deadline,
          pace,
          List.of(),
          capture,
          promptLogprobs,
          standingRules,
          pair);
    }
  }
}
