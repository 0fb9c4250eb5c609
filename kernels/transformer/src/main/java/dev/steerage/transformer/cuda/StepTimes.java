package dev.steerage.transformer.cuda;

import dev.steerage.ops.cuda.CudaDevice;
import dev.steerage.ops.cuda.CudaEvent;
import dev.steerage.ops.cuda.CudaStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/// Times one step in so many kernel by kernel, with a mark of the device around every launch. Such
/// a step has a graph of its own, in which no two kernels run side by side, and is a little slower;
/// its results are the same.
final class StepTimes implements AutoCloseable {
  private final int every;
  private final CudaEvent[] marks;
  private final String[] names;
  private final double[] ms;
  private long steps;
  private long sampled;
  private StepLaunch[] last = {};

  StepTimes(CudaDevice device, StepLaunch[] step, int every) {
    this.every = every;
    marks = new CudaEvent[every == 0 ? 0 : step.length + 1];
    for (int i = 0; i < marks.length; i++) {
      marks[i] = device.event();
    }
    names = Arrays.stream(step).map(StepTimes::kernel).distinct().toArray(String[]::new);
    ms = new double[names.length];
  }

  /// Variants of a kernel count as one.
  private static String kernel(StepLaunch step) {
    return step.launch()
        .name()
        .replaceFirst("^steerage_", "")
        .replaceFirst("_(n|r)\\d+(_m\\d)?$", "");
  }

  /// Counts a step.
  boolean isDue() {
    // The first steps load code; the last one of a round is like any other.
    return every > 0 && ++steps % every == 0;
  }

  /// Says which step comes.
  void begin(StepLaunch[] step) {
    last = step;
  }

  void launch(CudaStream stream, StepLaunch[] step) {
    run(stream, step, stream::record);
  }

  /// The same for a capture.
  void capture(CudaStream stream, StepLaunch[] step) {
    run(stream, step, stream::recordInGraph);
  }

  private void run(CudaStream stream, StepLaunch[] step, Consumer<CudaEvent> mark) {
    mark.accept(marks[0]);
    for (int i = 0; i < step.length; i++) {
      stream.launch(step[i].launch());
      mark.accept(marks[i + 1]);
    }
  }

  /// Reads the marks of the last step, which is over.
  synchronized void read() {
    for (int i = 0; i < last.length; i++) {
      String name = kernel(last[i]);
      for (int n = 0; n < names.length; n++) {
        if (names[n].equals(name)) {
          ms[n] += marks[i + 1].msSince(marks[i]);
        }
      }
    }
    sampled++;
  }

  /// Milliseconds of each kernel in an average step that was timed; empty before the first.
  synchronized Map<String, Double> meanMs() {
    Map<String, Double> mean = new LinkedHashMap<>();
    for (int n = 0; n < names.length && sampled > 0; n++) {
      mean.put(names[n], ms[n] / sampled);
    }
    return mean;
  }

  @Override
  public void close() {
    for (CudaEvent mark : marks) {
      mark.close();
    }
  }
}
