package dev.steerage.worker;

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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;

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
    broker.provision(List.of(Topics.work("tokfsm")));
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
    Work work = new Work(tenant.name(), request, prompt.build(), 0, 0, System.currentTimeMillis());
    broker.send(Topics.work("tokfsm"), Topics.workKey(tenant, request), work);
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

  @Override
  public void close() {
    completions.close();
    acks.close();
  }

  /// A prompt for the automaton, with what a test wants to be different.
  static final class PromptBuilder {
    private String text = "12";
    private int maxTokens = 16;
    private double temperature;
    private long seed = 1;
    private java.util.OptionalDouble pace = java.util.OptionalDouble.empty();
    private java.util.Optional<Prompt.Fence> fence = java.util.Optional.empty();
    private java.util.OptionalLong deadline = java.util.OptionalLong.empty();
    private int topLogprobs;
    private List<String> stop = List.of();
    private java.util.Optional<Prompt.Capture> capture = java.util.Optional.empty();

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
          java.util.Optional.empty(),
          "tokfsm",
          java.util.Optional.of(text),
          List.of(),
          new Prompt.Sampling(temperature, 0, 1, 1, seed),
          java.util.OptionalInt.of(maxTokens),
          topLogprobs,
          stop,
          java.util.Map.of(),
          fence,
          deadline,
          pace,
          List.of(),
          capture);
    }
  }
}
