package dev.steerage.benchmarks.speed;

import dev.steerage.ops.Backends;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.generation.BatchLimits;
import dev.steerage.transformer.generation.CodeView;
import dev.steerage.transformer.generation.ContinuousBatch;
import dev.steerage.transformer.generation.FinishReason;
import dev.steerage.transformer.generation.GenerationListener;
import dev.steerage.transformer.generation.GenerationRequest;
import dev.steerage.transformer.generation.Sampling;
import dev.steerage.transformer.generation.SteeringSource;
import dev.steerage.transformer.generation.TopLogprobs;
import java.util.concurrent.atomic.AtomicLong;

/// The shipped automaton model through the whole engine, codes and log-probabilities included: one
/// stream, and the time to the first token of a prompt of eight.
final class TokFsmSpeed implements Speed.Program {
  static final int PROMPT = 8;
  private static final double SECONDS = 5;

  @Override
  public void run(Speed.Setting setting, Report report) {
    report.line("");
    report.line(
        "Tokens per second and microseconds to the first token of a prompt of 8: median (best, 90th"
            + " percentile).");
    report.head("model", "backend", "one stream", "first token");
    for (String name : new String[] {"tokfsm", "stories"}) {
      for (String backend : new String[] {"vector", "native"}) {
        try (CodebookTransformer model =
            CodebookTransformer.load(setting.models().resolve(name), Backends.byName(backend))) {
          model.warmUp();
          try (OneStream stream = new OneStream(model)) {
            report.row(
                name,
                model.numericClass(),
                stream.generate(SECONDS).perSecond(stream.tokens()),
                stream.firstToken(SECONDS / 2).micros());
          }
        }
      }
    }
  }

  /// One request after the other.
  static final class OneStream implements GenerationListener, AutoCloseable {
    private final ContinuousBatch batch;
    private final int positions;
    private final AtomicLong seed = new AtomicLong();
    private int heard;

    OneStream(CodebookTransformer model) {
      positions = model.config().maxPositions();
      batch = new ContinuousBatch(model, new BatchLimits(1, 64, positions + 16, 64));
    }

    /// Tokens of one whole request.
    int tokens() {
      return positions - PROMPT;
    }

    Times generate(double seconds) {
      return Times.of(
          seconds,
          () -> {
            begin(tokens());
            end();
          });
    }

    Times firstToken(double seconds) {
      return Times.of(
          seconds,
          () -> {
            begin(1);
            end();
          });
    }

    private void begin(int tokens) {
      int[] prompt = new int[PROMPT];
      for (int i = 0; i < PROMPT; i++) {
        prompt[i] = 1 + i;
      }
      Sampling sampling = Sampling.temperature(1, seed.incrementAndGet());
      batch.offer(GenerationRequest.of("r", prompt, sampling, tokens), SteeringSource.none(), this);
    }

    private void end() {
      while (batch.active() > 0) {
        batch.step();
      }
    }

    @Override
    public void onForward(int position, CodeView natural, CodeView effective) {
      for (int site = 0; site < natural.sites(); site++) {
        heard += natural.code(site, 0);
      }
    }

    @Override
    public void onToken(int index, int token, float logprob, TopLogprobs top) {
      heard += token;
    }

    @Override
    public void onFinished(FinishReason reason) {
      heard++;
    }

    @Override
    public void close() {
      batch.close();
    }
  }
}
