package dev.steerage.worker.benchmark;

import com.sun.management.ThreadMXBean;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.tenant.TenantId;
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
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A batch of equal requests that differ in their rules at most, all at the same position.
final class Lane implements AutoCloseable {
  /// What is done for each request beside the engine's own work.
  enum Kind {
    /// Nothing: no rules are looked for, nobody listens.
    ENGINE,
    /// What a worker does without rules: a book to follow, the codes of the last positions.
    UNSTEERED,
    /// And every code of every position is copied, as for the log.
    CAPTURED,
    /// And each request has a rule set of its own.
    STEERED
  }

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final ServedModel model;
  private final Kind kind;
  private final int streams;
  private final ContinuousBatch batch;
  private final TenantRules book;
  private final List<Stream> running = new ArrayList<>();
  private long nanos;
  private long tokens;
  private long bytes;

  Lane(ServedModel model, Kind kind, int streams) {
    this.model = model;
    this.kind = kind;
    this.streams = streams;
    int positions = model.shape().maxPositions() + 16;
    batch =
        new ContinuousBatch(
            model.engine(), new BatchLimits(streams, streams, streams * positions, 1));
    book = new TenantRules(model.shape());
  }

  Kind kind() {
    return kind;
  }

  /// Begins all requests and takes them past their prompts.
  ///
  /// @param apart whether each request draws for itself; else their rules alone make them differ
  void begin(long seed, boolean apart) {
    running.clear();
    int length = model.shape().maxPositions() - 1;
    int[] prompt = {model.engine().tokenizer().bos().orElse(0)};
    for (int i = 0; i < streams; i++) {
      Sampling sampling = Sampling.temperature(1, apart ? seed * streams + i : seed);
      GenerationRequest request =
          new GenerationRequest("r" + i, prompt, new int[0], sampling, length, 0, List.of(), true);
      List<Rule> rules = kind == Kind.STEERED ? RuleSets.of(i, model.shape()) : List.of();
      Stream stream = new Stream(rules, length + 1, prompt[0]);
      running.add(stream);
      SteeringSource source = kind == Kind.ENGINE ? SteeringSource.none() : stream;
      if (!batch.offer(request, source, stream)) {
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
    long allocated = threads.getCurrentThreadAllocatedBytes();
    long start = now();
    for (int i = 0; i < steps; i++) {
      batch.step();
    }
    long took = now() - start;
    bytes = threads.getCurrentThreadAllocatedBytes() - allocated;
    nanos += took;
    tokens += (long) steps * streams;
    return took;
  }

  private long now() {
    return Boolean.getBoolean("cpu") ? threads.getCurrentThreadCpuTime() : System.nanoTime();
  }

  /// Bytes that the decode thread allocated in the last timed steps.
  long bytes() {
    return bytes;
  }

  /// Positions of a request, all told.
  int positions() {
    return model.shape().maxPositions();
  }

  double tokensPerSecond() {
    return tokens * 1e9 / nanos;
  }

  void forgetTimes() {
    nanos = 0;
    tokens = 0;
  }

  /// Runs the requests to their ends.
  void end() {
    while (batch.active() > 0) {
      batch.step();
    }
  }

  /// How many different texts the requests have written.
  int distinctTexts() {
    Set<List<Integer>> texts = new HashSet<>();
    running.forEach(stream -> texts.add(stream.text()));
    return texts.size();
  }

  /// Positions at which some slot held another code than the natural one.
  long changedSlots() {
    return running.stream().mapToLong(stream -> stream.changed).sum();
  }

  @Override
  public void close() {
    batch.close();
  }

  private WorkItem item(List<Rule> rules, int number) {
    var prompt = Prompt.of(model.name()).tokens(List.of(0)).rules(rules).prompt();
    String request = "r" + number;
    var origin = new RequestOrigin(TenantId.DEFAULT, request, 0, number, List.of());
    return new WorkItem(origin, new Work("default", request, prompt, 0, number, 0), 0);
  }

  /// One request.
  private final class Stream implements SteeringSource, GenerationListener {
    private final RequestSteering steering;
    private final int[] read;
    private final int[] captured;
    private int known = 1;
    private long changed;

    Stream(List<Rule> rules, int positions, int first) {
      WorkItem item = item(rules, running.size());
      steering =
          new RequestSteering(
              book, model, item, "bench", 1, 0, List.of(), System::currentTimeMillis);
      RequestSteering.check(rules, book.newest(), model)
          .ifPresent(
              refused -> {
                throw new IllegalStateException(refused.detail());
              });
      read = new int[positions + 1];
      read[0] = first;
      captured = new int[positions * model.layout().slots()];
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
      return steering.at(position, position, generationPhase, read[position], book.revision());
    }

    @Override
    public boolean needsHistory() {
      return steering.needsHistory(book.revision());
    }

    @Override
    public void onForward(int position, CodeView natural, CodeView effective) {
      if (kind == Kind.ENGINE) {
        return;
      }
      steering.observe(position, natural);
      if (kind != Kind.UNSTEERED) {
        natural.copyTo(captured, position * model.layout().slots());
        if (steering.isSteered()) {
          for (int site = 0; site < effective.sites(); site++) {
            if (steering.isSteered(site)) {
              writes(site, natural, effective);
            }
          }
        }
      }
    }

    private void writes(int site, CodeView natural, CodeView effective) {
      int active = natural.slots(site);
      int slots = effective.slots(site);
      for (int slot = 0; slot < slots; slot++) {
        int code = effective.code(site, slot);
        int was = slot < active ? natural.code(site, slot) : -1;
        if (was != code) {
          changed += steering.ruleOf(site, slot, was, code) + 1;
        }
      }
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
