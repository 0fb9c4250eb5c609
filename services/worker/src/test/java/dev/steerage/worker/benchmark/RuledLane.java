package dev.steerage.worker.benchmark;

import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.message.Prompt;
import dev.steerage.schemas.message.Work;
import dev.steerage.transformer.generation.BatchLimits;
import dev.steerage.transformer.generation.CodeView;
import dev.steerage.transformer.generation.ContinuousBatch;
import dev.steerage.transformer.generation.FinishReason;
import dev.steerage.transformer.generation.GenerationListener;
import dev.steerage.transformer.generation.GenerationRequest;
import dev.steerage.transformer.generation.Sampling;
import dev.steerage.transformer.generation.SteeringSource;
import dev.steerage.transformer.generation.TopLogprobs;
import dev.steerage.transformer.intervention.Steering;
import dev.steerage.worker.generation.ServedModel;
import dev.steerage.worker.generation.WorkItem;
import dev.steerage.worker.rules.RequestSteering;
import dev.steerage.worker.rules.TenantRules;
import dev.steerage.worker.tick.RequestOrigin;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A batch of requests of tenants that have rules in force, all at the same position.
final class RuledLane implements AutoCloseable {
  private final ServedModel model;
  private final int streams;
  private final ContinuousBatch batch;
  private final List<TenantRules> tenants = new ArrayList<>();
  private final List<Stream> running = new ArrayList<>();

  // Written by the decode thread: the revision of the first tenant that the last step began with.
  private volatile long inForce = -1;
  private int rules;

  RuledLane(ServedModel model, int streams, int tenants, int rulesOfTenant) {
    this.model = model;
    this.streams = streams;
    int positions = model.shape().maxPositions() + 16;
    batch =
        new ContinuousBatch(
            model.engine(), new BatchLimits(streams, streams, streams * positions, 1));
    for (int tenant = 0; tenant < tenants; tenant++) {
      TenantRules own = new TenantRules(model.shape());
      this.tenants.add(own);
      for (int i = 0; i < rulesOfTenant; i++) {
        put(own, i, ManyRules.of(tenant * rulesOfTenant + i, 0, model.shape()));
        rules++;
      }
    }
  }

  private static void put(TenantRules tenant, long offset, Rule rule) {
    Decoded<RuleChange> record = new Decoded.Ok<>(new RuleChange.RulePut(rule));
    tenant
        .append(offset, 0, rule.id(), record)
        .refused()
        .ifPresent(
            refused -> {
              throw new IllegalStateException(refused.detail());
            });
  }

  int rules() {
    return rules;
  }

  /// Begins all requests and takes them past their prompts.
  void begin(long seed) {
    running.clear();
    int length = model.shape().maxPositions() - 1;
    int[] prompt = {model.engine().tokenizer().bos().orElse(0)};
    for (int i = 0; i < streams; i++) {
      Sampling sampling = Sampling.temperature(1, seed * streams + i);
      GenerationRequest request =
          new GenerationRequest("r" + i, prompt, new int[0], sampling, length, 0, List.of(), true);
      Stream stream = new Stream(tenants.get(i % tenants.size()), i, length + 1, prompt[0]);
      running.add(stream);
      if (!batch.offer(request, stream, stream)) {
        throw new IllegalStateException("batch: streams=" + streams + " do not fit");
      }
    }
    batch.step();
    batch.step();
  }

  /// Some timed steps.
  ///
  /// @return nanoseconds that they took
  long run(int steps) {
    long start = System.nanoTime();
    for (int i = 0; i < steps; i++) {
      step();
    }
    return System.nanoTime() - start;
  }

  private void step() {
    long revision = tenants.getFirst().revision();
    batch.step();
    inForce = revision;
  }

  /// Runs the requests to their ends.
  void end() {
    while (batch.active() > 0) {
      step();
    }
  }

  /// Puts a rule of the first tenant again, changed, as the rule thread does.
  ///
  /// @return its revision
  long change(int number) {
    TenantRules tenant = tenants.getFirst();
    long offset = tenant.revision() + 1;
    int rulesOfTenant = rules / tenants.size();
    put(tenant, offset, ManyRules.of(number % rulesOfTenant, number, model.shape()));
    return offset;
  }

  /// Whether a whole step has been decided by this revision or a later one.
  boolean isInForce(long revision) {
    return inForce >= revision;
  }

  /// What the requests have written.
  List<List<Integer>> texts() {
    return running.stream().map(Stream::text).toList();
  }

  @Override
  public void close() {
    batch.close();
  }

  private WorkItem item(int number) {
    var prompt =
        Prompt.of(model.name())
            .session("s" + number % ManyRules.VALUES)
            .tokens(List.of(0))
            .labels(Map.of("app", "a" + number % ManyRules.VALUES))
            .prompt();
    String request = "r" + number;
    var origin = new RequestOrigin(TenantId.DEFAULT, request, 0, number, List.of());
    return new WorkItem(origin, new Work("default", request, prompt, 0, number, 0), 0);
  }

  /// One request.
  private final class Stream implements SteeringSource, GenerationListener {
    private final TenantRules tenant;
    private final RequestSteering steering;
    private final int[] read;
    private int known = 1;

    Stream(TenantRules tenant, int number, int positions, int first) {
      this.tenant = tenant;
      steering =
          new RequestSteering(
              tenant, model, item(number), "bench", 1, 0, List.of(), System::currentTimeMillis);
      read = new int[positions + 1];
      read[0] = first;
    }

    List<Integer> text() {
      List<Integer> ids = new ArrayList<>();
      for (int i = 1; i < known; i++) {
        ids.add(read[i]);
      }
      return ids;
    }

    @Override
    public Steering steeringFor(int position, boolean generationPhase) {
      return steering.at(position, position, generationPhase, read[position], tenant.revision());
    }

    @Override
    public boolean needsHistory() {
      return steering.needsHistory(tenant.revision());
    }

    @Override
    public void onForward(int position, CodeView natural, CodeView effective) {
      steering.observe(position, natural);
    }

    @Override
    public void onToken(int index, int token, float logprob, TopLogprobs top) {
      read[known++] = token;
      steering.takeEffects();
    }

    @Override
    public void onFinished(FinishReason reason) {}
  }
}
