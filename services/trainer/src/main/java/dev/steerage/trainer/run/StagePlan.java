package dev.steerage.trainer.run;

import dev.steerage.trainer.Settings;
import dev.steerage.trainer.codes.CodeStart;
import dev.steerage.trainer.model.CodeLoss;
import dev.steerage.trainer.model.Variant;
import dev.steerage.trainer.optimise.AdamW;
import dev.steerage.trainer.optimise.Schedule;
import dev.steerage.trainer.optimise.Trained;
import java.util.Set;
import java.util.function.Function;

/// One stage of a run: the same model and optimizer for some steps.
///
/// @param codebooks whether the model has its codebooks
/// @param sequences of one batch
/// @param floor share of the learning rate at the end of the schedule
/// @param variant what codes are made of
/// @param redundancy weight of the penalty on what the codebooks of a group say alike
/// @param start how codes begin, if the stage before had none
/// @param startSequences training sequences whose activations codes begin from
/// @param startRounds rounds of k-means
/// @param replaceAfter steps after which codes that nobody chose are replaced; 0 = never
/// @param replaceUntil no replacement from this step on
/// @param replaceShare most of a site's codes that are replaced at once
/// @param activeFrom codes active per token at first; 0 = the placement's own k all the time
public record StagePlan(
    String name,
    int steps,
    boolean codebooks,
    int sequences,
    Trained trained,
    double learningRate,
    Schedule schedule,
    int warmUp,
    double floor,
    AdamW.Rule optimizer,
    Variant variant,
    CodeLoss loss,
    double beta,
    double redundancy,
    CodeStart start,
    int startSequences,
    int startRounds,
    int replaceAfter,
    int replaceUntil,
    double replaceShare,
    double replaceNoise,
    int activeFrom,
    int activeSteps,
    double activePower) {
  private static final Set<String> KEYS =
      Set.of(
          "name",
          "steps",
          "codebooks",
          "batch-sequences",
          "train",
          "learning-rate",
          "schedule",
          "warm-up-steps",
          "floor-share",
          "beta1",
          "beta2",
          "eps",
          "weight-decay",
          "codebook-weight-decay",
          "model-rate-factor",
          "clip-norm",
          "variant",
          "loss",
          "beta",
          "redundancy-penalty",
          "initialise",
          "initialise-sequences",
          "kmeans-rounds",
          "replace-after-steps",
          "replace-until-step",
          "replace-share",
          "replace-noise",
          "active-from",
          "active-decay-steps",
          "active-decay-power");

  static StagePlan of(Settings stage, int number) {
    stage.only(KEYS);
    int steps = stage.positive("steps");
    return new StagePlan(
        name(stage, number),
        steps,
        stage.flag("codebooks", false),
        stage.positive("batch-sequences"),
        named(stage, "train", "all", Trained::of),
        stage.number("learning-rate", 1e-3),
        named(stage, "schedule", "constant", Schedule::of),
        stage.count("warm-up-steps", 0),
        stage.number("floor-share", 0),
        new AdamW.Rule(
            stage.number("beta1", 0.9),
            stage.number("beta2", 0.999),
            stage.number("eps", 1e-8),
            stage.number("weight-decay", 0),
            stage.number("codebook-weight-decay", 0),
            stage.number("model-rate-factor", 1),
            stage.number("clip-norm", 1)),
        named(stage, "variant", "free", Variant::of),
        named(stage, "loss", "aeloss", CodeLoss::of),
        stage.number("beta", 0.25),
        stage.number("redundancy-penalty", 0),
        named(stage, "initialise", "sampled", CodeStart::of),
        stage.positive("initialise-sequences", 64),
        stage.positive("kmeans-rounds", 10),
        stage.count("replace-after-steps", 0),
        stage.count("replace-until-step", steps),
        stage.number("replace-share", 1),
        stage.number("replace-noise", 1e-3),
        stage.count("active-from", 0),
        stage.count("active-decay-steps", steps / 2),
        stage.number("active-decay-power", 1));
  }

  /// It is part of a folder's name.
  private static String name(Settings stage, int number) {
    String name = stage.text("name", "stage-" + number);
    if (!name.matches("[A-Za-z0-9_-]{1,40}")) {
      throw stage.wrong("name", "1 to 40 letters, digits, '-' or '_'");
    }
    return name;
  }

  private static <T> T named(
      Settings stage, String key, String otherwise, Function<String, T> named) {
    try {
      return named.apply(stage.text(key, otherwise));
    } catch (IllegalArgumentException e) {
      throw stage.wrong(key, e.getMessage());
    }
  }

  double learningRate(long step) {
    return learningRate * schedule.share(step, steps, warmUp, floor);
  }

  /// Codes active per token where a placement has fewer.
  int raised(long step) {
    return activeFrom == 0 ? 1 : Schedule.active(step, activeFrom, 1, activeSteps, activePower);
  }
}
