package dev.steerage.trainer.run;

import java.io.PrintWriter;
import java.util.Locale;

/// Tells a person how far a run is: a line every few seconds.
final class Progress {
  private static final long EVERY_NS = 5_000_000_000L;

  private final PrintWriter out;
  private final long stepsInAll;
  private final int stages;
  private long shownNs = System.nanoTime();
  private double loss;
  private double accuracy;
  private int taken;
  private long tokens;

  Progress(PrintWriter out, TrainConfig config) {
    this.out = out;
    stages = config.stages().size();
    stepsInAll = config.stages().stream().mapToLong(StagePlan::steps).sum();
  }

  /// Takes one step; shows a line when it is time.
  void step(StageState state, Position now, double stepLoss, double stepAccuracy, int stepTokens) {
    loss += stepLoss;
    accuracy += stepAccuracy;
    tokens += stepTokens;
    taken++;
    long sinceNs = System.nanoTime() - shownNs;
    if (sinceNs < EVERY_NS && now.step() < state.plan.steps()) {
      return;
    }
    double seconds = sinceNs / 1e9;
    double perStep = seconds / taken;
    out.printf(
        Locale.ROOT,
        "%s (%d of %d)  step %d of %d  loss %.4f  accuracy %.2f %%  %,.0f tokens/s  %s left%n",
        state.plan.name(),
        now.stage() + 1,
        stages,
        now.step(),
        state.plan.steps(),
        loss / taken,
        100 * accuracy / taken,
        tokens / seconds,
        duration(perStep * (stepsInAll - now.steps())));
    out.flush();
    shownNs = System.nanoTime();
    loss = 0;
    accuracy = 0;
    taken = 0;
    tokens = 0;
  }

  /// Leaves out time that was not training.
  void resumeClock(long pausedNs) {
    shownNs += pausedNs;
  }

  void say(String line) {
    out.println(line);
    out.flush();
  }

  private static String duration(double seconds) {
    long whole = Math.round(seconds);
    if (whole < 60) {
      return whole + " s";
    }
    return whole < 3600
        ? whole / 60 + " min " + whole % 60 + " s"
        : whole / 3600 + " h " + whole % 3600 / 60 + " min";
  }
}
