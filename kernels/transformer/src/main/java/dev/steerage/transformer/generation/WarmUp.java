package dev.steerage.transformer.generation;

import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.intervention.SiteSteering;
import dev.steerage.transformer.intervention.Steering;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Runs made-up requests until a round is no longer faster than the ones before, or time is up. The
/// mix has what a worker meets: chunked prompts, batched and single decoding, steering, every kind
/// of sampling.
public final class WarmUp {
  private static final int SEQUENCES = 4;
  private static final int CHUNK = 16;

  /// A round that is not this much faster than the best so far counts as level.
  private static final double LEVEL = 0.9;

  private static final int LEVEL_ROUNDS = 3;

  /// Fewer rounds would end before the last compiler has been asked.
  private static final int LEAST_ROUNDS = 8;

  private WarmUp() {}

  public static void run(CodebookTransformer model, Duration limit) {
    int positions = Math.min(model.config().maxPositions(), 3 * CHUNK);
    BatchLimits limits = new BatchLimits(SEQUENCES, 2 * CHUNK, SEQUENCES * positions, CHUNK);
    Steering steering = everyKind(model);
    long deadline = System.nanoTime() + limit.toNanos();
    long best = Long.MAX_VALUE;
    int level = 0;
    // Processor time, so that a busy neighbour does not pass for slow code.
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    try (ContinuousBatch batch = new ContinuousBatch(model, limits)) {
      for (int round = 0; level < LEVEL_ROUNDS && System.nanoTime() < deadline; round++) {
        long began = threads.getCurrentThreadCpuTime();
        round(batch, positions, steering, round, deadline);
        long took = threads.getCurrentThreadCpuTime() - began;
        level = took < LEVEL * best || round < LEAST_ROUNDS ? 0 : level + 1;
        best = Math.min(best, took);
      }
    }
  }

  private static void round(
      ContinuousBatch batch, int positions, Steering steering, int round, long deadline) {
    int vocabulary = batch.model().config().vocabulary();
    for (int i = 0; i < SEQUENCES; i++) {
      // The first one goes on alone when the others are done.
      int[] prompt = new int[i == 0 ? positions / 3 : positions / 2];
      for (int p = 0; p < prompt.length; p++) {
        prompt[p] = (round + 7 * i + p) % vocabulary;
      }
      Sampling sampling =
          switch (i) {
            case 0 -> Sampling.greedy();
            case 1 -> Sampling.temperature(1, round);
            case 2 -> new Sampling(0.8f, 40, 0.9f, 1.1f, round);
            default -> new Sampling(1, 0, 0.9f, 1, round);
          };
      GenerationRequest request =
          new GenerationRequest(
              "warm-up-" + i,
              prompt,
              new int[0],
              sampling,
              (i == 0 ? positions : positions * 3 / 4) - prompt.length,
              i == 2 ? 5 : 0,
              List.of(),
              true);
      boolean steered = i % 2 == 1;
      batch.offer(request, steered ? always(steering) : SteeringSource.none(), new Unheard());
    }
    while (batch.active() > 0 && System.nanoTime() < deadline) {
      batch.step();
    }
    for (int i = 0; i < SEQUENCES; i++) {
      batch.cancel("warm-up-" + i);
    }
  }

  private static Steering everyKind(CodebookTransformer model) {
    Map<Integer, SiteSteering> sites = new HashMap<>();
    model
        .sites()
        .forEach(
            site ->
                sites.put(
                    site.index(),
                    SiteSteering.builder().ban(0).write(site.codes() - 1, -1).build()));
    return Steering.of(sites, model.sites().size());
  }

  private static SteeringSource always(Steering steering) {
    return new SteeringSource() {
      @Override
      public Steering steeringFor(int position, boolean generationPhase) {
        return steering;
      }

      @Override
      public boolean needsHistory() {
        return false;
      }
    };
  }

  /// Nobody listens, but the views are read so that they are compiled too.
  private static final class Unheard implements GenerationListener {
    private long sum;

    @Override
    public void onForward(int position, CodeView natural, CodeView effective) {
      for (int site = 0; site < natural.sites(); site++) {
        for (int slot = 0; slot < natural.slots(site); slot++) {
          sum += natural.code(site, slot) + effective.code(site, slot);
        }
      }
    }

    @Override
    public void onToken(int index, int token, float logprob, TopLogprobs top) {
      sum += token;
    }

    @Override
    public void onFinished(FinishReason reason) {
      sum += reason.ordinal();
    }
  }
}
