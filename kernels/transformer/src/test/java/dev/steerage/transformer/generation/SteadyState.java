package dev.steerage.transformer.generation;

import com.sun.management.ThreadMXBean;
import dev.steerage.ops.Backends;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.intervention.SiteSteering;
import dev.steerage.transformer.intervention.Steering;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A program of its own: decodes until 200 tokens cost no byte of heap or patience ends, and prints
/// the least that they cost. Arguments: model folder, backend, patience in seconds.
public final class SteadyState {
  private static final int SEQUENCES = 2;
  private static final int TOKENS = 100;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private SteadyState() {}

  public static void main(String[] args) {
    Duration patience = Duration.ofSeconds(Long.parseLong(args[2]));
    long least = Long.MAX_VALUE;
    try (CodebookTransformer model =
            CodebookTransformer.load(Path.of(args[0]), Backends.byName(args[1]));
        ContinuousBatch batch =
            new ContinuousBatch(model, new BatchLimits(SEQUENCES, 16, 512, 8))) {
      model.warmUp();
      SteadyState state = new SteadyState();
      // The first rounds still meet code that is being compiled, longer so on a busy machine.
      long deadline = System.nanoTime() + patience.toNanos();
      while (least > 0 && System.nanoTime() < deadline) {
        least = Math.min(least, state.allocatedWhileGenerating(model, batch));
      }
    }
    System.out.println("bytes=" + least);
  }

  private long allocatedWhileGenerating(CodebookTransformer model, ContinuousBatch batch) {
    Counter counter = new Counter();
    Steering steering = steering(model);
    for (int i = 0; i < SEQUENCES; i++) {
      Sampling sampling = i == 0 ? Sampling.greedy() : new Sampling(1, 40, 0.95f, 1.1f, 3);
      GenerationRequest request =
          new GenerationRequest(
              "r" + i,
              new int[] {1, 2, 3},
              new int[0],
              sampling,
              TOKENS + 3,
              5,
              List.of("#@"),
              true);
      batch.offer(request, new Fixed(steering), counter);
    }
    batch.step();
    batch.step();
    long before = threads.getCurrentThreadAllocatedBytes();
    int tokens = counter.tokens;
    while (counter.tokens < tokens + SEQUENCES * TOKENS) {
      batch.step();
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    while (batch.active() > 0) {
      batch.step();
    }
    return allocated;
  }

  private static Steering steering(CodebookTransformer model) {
    Map<Integer, SiteSteering> sites = new HashMap<>();
    for (int site = 0; site < model.sites().size(); site += 2) {
      sites.put(site, SiteSteering.builder().ban(3).append(1).write(2, -1).build());
    }
    return Steering.of(sites, model.sites().size());
  }

  private record Fixed(Steering steering) implements SteeringSource {
    @Override
    public Steering steeringFor(int position, boolean generationPhase) {
      return steering;
    }

    @Override
    public boolean needsHistory() {
      return false;
    }
  }

  private static final class Counter implements GenerationListener {
    private int tokens;
    private long sum;

    @Override
    public void onForward(int position, CodeView natural, CodeView effective) {
      for (int site = 0; site < effective.sites(); site++) {
        for (int slot = 0; slot < effective.slots(site); slot++) {
          sum += effective.code(site, slot);
        }
      }
    }

    @Override
    public void onToken(int index, int token, float logprob, TopLogprobs top) {
      tokens++;
      sum += top.token(0);
    }

    @Override
    public void onFinished(FinishReason reason) {
      sum++;
    }
  }
}
