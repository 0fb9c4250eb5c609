package dev.steerage.benchmarks.speed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/// What a GPU should reach, beside what a result file says was measured. The stages write lines for
/// it; where one was run twice, the last counts:
///
/// ```text
/// #goal snap/32 1.31          a goal of this list, or of the same name with a batch, and its value
/// #ms authors f32 32 70.1     milliseconds of a step: whose, weights, batch
/// ```
final class GpuGoals {
  private static final String AUTHORS = "authors";
  private static final String REPAIRED = "repaired";
  private static final List<String> ENGINES = List.of("steerage", "steerage-bf16-cache");

  /// @param key what comes before the slash in a line
  /// @param batches that it has to hold at
  private record Goal(
      String key, List<Integer> batches, boolean isMost, double limit, String text) {
    boolean isHeld(double value) {
      return isMost ? value <= limit : value >= limit;
    }
  }

  private static final List<Goal> GOALS =
      List.of(
          new Goal("snap", List.of(1, 32, 256), true, 1.5, "snap over its roofline"),
          new Goal("step", List.of(32, 64, 128, 256), true, 1.6, "decode step over its roofline"),
          new Goal(AUTHORS, List.of(32), false, 50, "times the tokens/s of the authors' way"),
          new Goal("histograms", List.of(1, 32, 256), true, 1, "% that histograms cost"),
          new Goal("ids", List.of(1, 32, 256), true, 1, "% that raw ids to pinned memory cost"),
          new Goal(
              "steering", List.of(256), false, 97, "% of the rate with rule sets of their own"),
          new Goal(
              "stable",
              List.of(1, 32, 256),
              true,
              1.10,
              "step over an estimate of the fastest unstable one"));

  private final Map<String, Double> values = new LinkedHashMap<>();
  private final Map<String, Double> ms = new LinkedHashMap<>();

  private GpuGoals(List<String> lines) {
    for (String line : lines) {
      String[] words = line.split(" ");
      if (words[0].equals("#goal") && !words[2].equals("NaN")) {
        values.put(words[1], Double.parseDouble(words[2]));
      } else if (words[0].equals("#ms")) {
        ms.put(key(words[1], words[2], Integer.parseInt(words[3])), Double.parseDouble(words[4]));
      }
    }
    compare();
  }

  /// Prints the tables of a result file.
  public static void main(String[] args) throws IOException {
    new GpuGoals(Files.readAllLines(Path.of(args[0]))).lines().forEach(System.out::println);
  }

  private static String key(String whose, String weights, int batch) {
    return whose + " " + weights + " " + batch;
  }

  private OptionalDouble ms(String whose, String weights, int batch) {
    Double found = ms.get(key(whose, weights, batch));
    return found == null ? OptionalDouble.empty() : OptionalDouble.of(found);
  }

  /// What follows from two stages.
  private void compare() {
    for (int batch : List.of(1, 32, 256)) {
      // As a worker runs it.
      OptionalDouble own = ms("steerage", "bf16", batch);
      if (own.isEmpty()) {
        continue;
      }
      // The faster of their two: float32, as published, or bf16.
      List.of("f32", "bf16").stream()
          .map(weights -> ms(AUTHORS, weights, batch))
          .filter(OptionalDouble::isPresent)
          .mapToDouble(OptionalDouble::getAsDouble)
          .min()
          .ifPresent(peer -> values.put(AUTHORS + "/" + batch, peer / own.getAsDouble()));
      if (ms("library-linear", "bf16", batch).isPresent()) {
        double unstable = own.getAsDouble() - won("linear", batch) - won("attention", batch);
        values.put("stable/" + batch, own.getAsDouble() / unstable);
      }
    }
  }

  /// Milliseconds that a step would win if a library, which promises no bits, did a part of it.
  private double won(String part, int batch) {
    OptionalDouble own = ms(part, "bf16", batch);
    OptionalDouble library = ms("library-" + part, "bf16", batch);
    return own.isEmpty() || library.isEmpty()
        ? 0
        : Math.max(0, own.getAsDouble() - library.getAsDouble());
  }

  private List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("| goal | batch | limit | measured | held |");
    lines.add("|---|---|---|---|---|");
    for (Goal goal : GOALS) {
      for (int batch : goal.batches()) {
        Double value = values.get(goal.key() + "/" + batch);
        lines.add(
            "| %s | %d | %s %s | %s | %s |"
                .formatted(
                    goal.text(),
                    batch,
                    goal.isMost() ? "at most" : "at least",
                    number(goal.limit()),
                    value == null ? "not measured" : number(value),
                    value == null ? "open" : goal.isHeld(value) ? "yes" : "**no**"));
      }
    }
    lines.add("");
    lines.add("| engine, bf16 weights | peer, its weights | batch | ms | ms | times faster |");
    lines.add("|---|---|---|---|---|---|");
    for (String engine : ENGINES) {
      for (String peer : List.of(AUTHORS, REPAIRED)) {
        for (String weights : List.of("f32", "bf16")) {
          for (int batch : List.of(1, 32, 256)) {
            row(engine, peer, weights, batch, lines);
          }
        }
      }
    }
    return lines;
  }

  private void row(String engine, String peer, String weights, int batch, List<String> lines) {
    OptionalDouble own = ms(engine, "bf16", batch);
    OptionalDouble other = ms(peer, weights, batch);
    if (own.isPresent() && other.isPresent()) {
      lines.add(
          "| %s | %s, %s | %d | %s | %s | %.1f |"
              .formatted(
                  engine,
                  peer,
                  weights,
                  batch,
                  number(own.getAsDouble()),
                  number(other.getAsDouble()),
                  other.getAsDouble() / own.getAsDouble()));
    }
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3f", value).replaceFirst("\\.?0+$", "");
  }
}
