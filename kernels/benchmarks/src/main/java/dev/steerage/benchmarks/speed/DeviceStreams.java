package dev.steerage.benchmarks.speed;

import dev.steerage.transformer.cuda.CudaForward;
import dev.steerage.transformer.cuda.CudaModel;
import dev.steerage.transformer.cuda.CudaOptions;
import dev.steerage.transformer.forward.ForwardPass;
import dev.steerage.transformer.forward.Weights;
import dev.steerage.transformer.intervention.Steering;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// Streams that decode a token each per step on a device; tokens are made up, as only the time
/// counts.
final class DeviceStreams implements AutoCloseable {
  /// Positions from which and up to which decoding is timed, again and again.
  static final int FIRST = 128;

  static final int LAST = 384;

  private final int vocabulary;
  private final CudaForward forward;
  private final int streams;
  private final int pagesPerStream = LAST / ForwardPass.pageSize();
  private IntFunction<Steering> steering = stream -> Steering.NONE;
  private boolean wantsLogits;
  private int position;
  private int token = 1;

  DeviceStreams(CudaModel model, Weights weights, int streams, CudaOptions options) {
    this.streams = streams;
    vocabulary = weights.config().vocabulary();
    int pages = streams * pagesPerStream;
    int[] table = IntStream.range(0, pages).toArray();
    forward = model.forward(weights, streams, streams, pages, table, options);
    for (position = 0; position < FIRST; ) {
      step();
    }
    wantsLogits = true;
  }

  /// How each stream is steered from now on; asked in every step.
  void steer(IntFunction<Steering> how) {
    steering = how;
  }

  void step() {
    forward.clear();
    for (int stream = 0; stream < streams; stream++) {
      token = (int) (token * 48_271L % (vocabulary - 1)) + 1;
      int row =
          forward.add(
              token, position, stream * pagesPerStream, steering.apply(stream), wantsLogits);
      if (wantsLogits) {
        forward.wantsBestOnly(row);
      }
    }
    forward.run();
    position = position + 1 == LAST ? FIRST : position + 1;
  }

  CudaForward forward() {
    return forward;
  }

  @Override
  public void close() {
    forward.close();
  }
}
