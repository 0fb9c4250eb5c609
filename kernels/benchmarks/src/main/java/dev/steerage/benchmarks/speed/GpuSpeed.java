package dev.steerage.benchmarks.speed;

import dev.steerage.ops.Backend;
import dev.steerage.ops.Backends;
import dev.steerage.ops.cuda.CudaDevice;
import dev.steerage.ops.cuda.DeviceMemoryException;
import dev.steerage.ops.linear.WeightType;
import dev.steerage.transformer.cuda.CudaForward;
import dev.steerage.transformer.cuda.CudaModel;
import dev.steerage.transformer.cuda.CudaOptions;
import dev.steerage.transformer.forward.Weights;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/// Decoding on a CUDA device: the 410M shape with 10,000 codes on each of its 16 heads, k = 8,
/// random weights. A program of its own, because it runs where there is no Maven: prints Markdown.
///
/// Arguments: `machine`, `kernels`, `decode`, `options` or `steering`; seconds per measurement;
/// bf16 or f32; TFLOP/s of the tensor cores for the roofline; a shape: `410M`, or `tiny` to try the
/// program itself.
public final class GpuSpeed {
  private static final List<Integer> BATCHES = List.of(1, 8, 32, 64, 128, 256);
  private static final List<Integer> FEW_BATCHES = List.of(1, 32, 256);
  private static final int ROUNDS = 5;
  private static final int SNAP_ROUNDS = 200;

  /// More than any cache of the device holds.
  private static final long COPY_BYTES = 256L << 20;

  private final CudaDevice device;
  private final CudaModel model;
  private final Weights weights;
  private final WeightType type;
  private final Shape shape;
  private final double seconds;
  private final Roofline roofline;

  private GpuSpeed(
      CudaDevice device,
      CudaModel model,
      Weights weights,
      WeightType type,
      Shape shape,
      double seconds,
      Roofline roofline) {
    this.device = device;
    this.model = model;
    this.weights = weights;
    this.type = type;
    this.shape = shape;
    this.seconds = seconds;
    this.roofline = roofline;
  }

  public static void main(String[] args) {
    Backends.Availability cuda =
        Backends.available().stream()
            .filter(b -> b.name().equals("cuda"))
            .findFirst()
            .orElseThrow();
    switch (cuda) {
      case Backends.Availability.Skipped(String name, String reason) ->
          say("- %s skipped: %s".formatted(name, reason));
      case Backends.Availability.Engaged(Backend backend) -> run(backend, args);
    }
  }

  private static void run(Backend backend, String[] args) {
    CudaDevice device = backend.deviceOrNull();
    double bandwidth = device.copyBytesPerSecond(COPY_BYTES);
    if (args[0].equals("machine")) {
      say(
          "- %s, %s, %d multiprocessors, %d of %d MiB free, driver %d"
              .formatted(
                  device.name(),
                  device.architecture(),
                  device.multiprocessors(),
                  device.freeBytes() >> 20,
                  device.totalBytes() >> 20,
                  device.driverVersion()));
      say("- copy within the device: %.2f TB/s, read and written".formatted(bandwidth / 1e12));
      return;
    }
    double seconds = Double.parseDouble(args[1]);
    WeightType type = WeightType.valueOf(args[2].toUpperCase(Locale.ROOT));
    Roofline roofline = new Roofline(bandwidth, 1e12 * Double.parseDouble(args[3]));
    Shape shape = args[4].equals("tiny") ? new Shape("tiny", 1, 16, 1, 32, 16_384) : Shape.M410;
    try (Arena arena = Arena.ofShared()) {
      Weights weights = RandomModel.of(shape, backend, type, true, arena);
      try (CudaModel model = CudaModel.upload(device, weights)) {
        GpuSpeed speed = new GpuSpeed(device, model, weights, type, shape, seconds, roofline);
        switch (args[0]) {
          case "kernels" -> speed.kernels();
          case "decode" -> speed.decode();
          case "options" -> speed.options();
          case "steering" -> speed.steering();
          default -> throw new IllegalArgumentException("section: name=" + args[0]);
        }
      }
    }
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  private void title(String what) {
    say("");
    say(
        "### %s: %s, %s weights, %s, positions %d to %d, roofline of %.2f TB/s and %.0f TFLOP/s"
            .formatted(
                what,
                shape.name(),
                type.word(),
                device.name(),
                DeviceStreams.FIRST,
                DeviceStreams.LAST,
                roofline.bytesPerSecond() / 1e12,
                roofline.flopsPerSecond() / 1e12));
    say("");
  }

  private List<Integer> batches(List<Integer> all) {
    return shape == Shape.M410 ? all : List.of(1, 8);
  }

  private double context() {
    return (DeviceStreams.FIRST + DeviceStreams.LAST) / 2.0;
  }

  /// Every kernel of a step, timed by marks of the device within a graph; the snaps once more by
  /// themselves, against their roofline.
  private void kernels() {
    title("Kernels, milliseconds of an average step, one after the other");
    for (int batch : batches(FEW_BATCHES)) {
      CudaOptions options = CudaOptions.USUAL.withSampleEvery(1);
      try (DeviceStreams streams = new DeviceStreams(model, weights, batch, options)) {
        Times.of(seconds, streams::step);
        Map<String, Double> ms = streams.forward().meter().kernelMs();
        double snap = streams.forward().snapMs(SNAP_ROUNDS);
        double least = roofline.snapMs(shape, batch);
        say(
            "- batch %d: snap by itself %.4f ms, roofline %.4f ms, ratio **%.2f**; in the step: %s"
                .formatted(batch, snap, least, snap / least, rounded(ms)));
        goal("snap", batch, snap / least);
        ms("linear", batch, ms.getOrDefault("linear_" + type.word(), 0.0));
        ms("attention", batch, ms.get("attend"));
      } catch (DeviceMemoryException e) {
        doesNotFit(batch, e);
      }
    }
  }

  private static String rounded(Map<String, Double> ms) {
    List<String> words = new ArrayList<>();
    ms.forEach((name, value) -> words.add("%s %.4f".formatted(name, value)));
    return String.join(", ", words);
  }

  /// For [GpuGoals].
  private static void goal(String name, int batch, double value) {
    say("#goal %s/%d %.4f".formatted(name, batch, value));
  }

  private void ms(String whose, int batch, double ms) {
    say("#ms %s %s %d %.4f".formatted(whose, type.word(), batch, ms));
  }

  private static void doesNotFit(int batch, DeviceMemoryException e) {
    say("- batch %d does not fit: %s".formatted(batch, e.getMessage()));
  }

  /// Whole steps, with codebooks and without, with both caches.
  private void decode() {
    title(
        "Decode step, median (best, 90th percentile) of the wall clock, with ids of all sites and"
            + " the likeliest token brought back");
    say(
        "| batch | cache | codebooks, us | tokens/s | roofline us | ratio | without codebooks, us |"
            + " ratio of rates |");
    say("|---|---|---|---|---|---|---|---|");
    for (int batch : batches(BATCHES)) {
      for (WeightType cache : WeightType.values()) {
        try {
          decode(batch, cache);
        } catch (DeviceMemoryException e) {
          doesNotFit(batch, e);
        }
      }
    }
  }

  private void decode(int batch, WeightType cache) {
    boolean isShort = cache == WeightType.BF16;
    CudaOptions options = CudaOptions.USUAL.withBf16Cache(isShort);
    Times with = time(weights, batch, options);
    Times without = time(weights.withoutCodebooks(), batch, options);
    double least =
        1e3
            * (roofline.denseMs(shape, type, cache, batch, context())
                + roofline.snapMs(shape, batch));
    double ratio = with.medianNs() / 1e3 / least;
    say(
        "| %d | %s | %s | %.0f | %.0f | **%.2f** | %s | %.3f |"
            .formatted(
                batch,
                cache.word(),
                with.micros(),
                batch * 1e9 / with.medianNs(),
                least,
                ratio,
                without.micros(),
                without.medianNs() / with.medianNs()));
    ms(isShort ? "steerage-bf16-cache" : "steerage", batch, with.medianNs() / 1e6);
    if (!isShort) {
      goal("step", batch, ratio);
    }
  }

  private Times time(Weights viewed, int batch, CudaOptions options) {
    try (DeviceStreams streams = new DeviceStreams(model, viewed, batch, options)) {
      return Times.of(seconds, streams::step);
    }
  }

  /// What each option costs. Two variants take turns, so that a drift of the clock hits both; all
  /// at once would not fit.
  private void options() {
    title("Options, microseconds of a step: medians of " + ROUNDS + " turns, and their middle");
    CudaOptions usual = CudaOptions.USUAL.withSampleEvery(0);
    for (int batch : batches(FEW_BATCHES)) {
      goal("histograms", batch, option(batch, "histograms", usual, usual.withHistograms(true)));
      goal("ids", batch, option(batch, "ids to the host", usual.withIdsToHost(false), usual));
      option(batch, "no graphs", usual, usual.withGraphs(false));
      option(batch, "no branches", usual, usual.withBranches(false));
      option(batch, "a cache of bf16", usual, usual.withBf16Cache(true));
    }
  }

  /// Percent that it costs.
  private double option(int batch, String what, CudaOptions without, CudaOptions with) {
    try (DeviceStreams plain = new DeviceStreams(model, weights, batch, without);
        DeviceStreams more = new DeviceStreams(model, weights, batch, with)) {
      double[] middle = turns(plain::step, more::step);
      double percent = 100 * (middle[1] / middle[0] - 1);
      say(
          "- batch %d, %s: %.1f us without, %.1f with: %+.2f %%"
              .formatted(batch, what, middle[0], middle[1], percent));
      return percent;
    } catch (DeviceMemoryException e) {
      doesNotFit(batch, e);
      return Double.NaN;
    }
  }

  /// Distinct rules for every stream of a batch.
  private void steering() {
    title("Steering: every stream with rules of its own");
    for (int batch : batches(List.of(32, 256))) {
      CudaOptions usual = CudaOptions.USUAL.withSampleEvery(0);
      try (DeviceStreams plain = new DeviceStreams(model, weights, batch, usual);
          DeviceStreams steered = new DeviceStreams(model, weights, batch, usual)) {
        RuleSet[] rules = new RuleSet[batch];
        for (int stream = 0; stream < batch; stream++) {
          rules[stream] = RuleSet.random(weights.sites(), new SplittableRandom(stream));
        }
        CudaForward forward = steered.forward();
        steered.steer(stream -> rules[stream].next(forward, stream));
        double[] middle = turns(plain::step, steered::step);
        say(
            ("- batch %d: unsteered %.1f us, %d distinct rule sets (8 activations over 4 sites, 64"
                    + " bans, a fired condition each) %.1f us: **%.2f %%** of the unsteered rate;"
                    + " %d graphs made by the steered batch, as many as at its start")
                .formatted(
                    batch,
                    middle[0],
                    batch,
                    middle[1],
                    100 * middle[0] / middle[1],
                    forward.meter().graphs()));
        goal("steering", batch, 100 * middle[0] / middle[1]);
      } catch (DeviceMemoryException e) {
        doesNotFit(batch, e);
      }
    }
  }

  /// Medians in microseconds of a few turns of each, and the middle of them.
  private double[] turns(Runnable... variants) {
    double[][] medians = new double[variants.length][ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      for (int v = 0; v < variants.length; v++) {
        medians[v][round] = Times.of(seconds / ROUNDS, variants[v]).medianNs() / 1e3;
      }
    }
    double[] middle = new double[variants.length];
    for (int v = 0; v < variants.length; v++) {
      say("  - turns %d: %s".formatted(v, Arrays.toString(medians[v])));
      Arrays.sort(medians[v]);
      middle[v] = medians[v][ROUNDS / 2];
    }
    return middle;
  }
}
