package dev.steerage.trainer.optimise;

import dev.steerage.ops.Team;
import dev.steerage.ops.TrainingBackend;
import dev.steerage.ops.adamw.AdamWKernel;
import dev.steerage.trainer.model.Blueprint;
import dev.steerage.trainer.model.Parameter;
import dev.steerage.trainer.model.ParameterPlan;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// AdamW over all parameters, with gradients clipped by their norm.
public final class AdamW {
  private static final int BLOCK = 1 << 15;

  /// What does not change from step to step.
  ///
  /// @param codebookWeightDecay of codebook parameters; the authors have none
  /// @param modelRateFactor what the learning rate of the base model is multiplied with
  public record Rule(
      double beta1,
      double beta2,
      double eps,
      double weightDecay,
      double codebookWeightDecay,
      double modelRateFactor,
      double clip) {}

  /// A part of one parameter.
  private record Range(Parameter parameter, long offset, int count) {}

  private final List<Range> ranges = new ArrayList<>();
  private final TrainingBackend backend;
  private final Team team;
  private final Rule rule;
  private final MemorySegment first;
  private final MemorySegment second;

  public AdamW(
      Blueprint blueprint,
      Trained trained,
      Rule rule,
      TrainingBackend backend,
      Team team,
      Arena arena) {
    this.backend = backend;
    this.team = team;
    this.rule = rule;
    ParameterPlan plan = blueprint.plan();
    Predicate<Parameter> updated = trained.in(blueprint);
    for (Parameter parameter : plan.all()) {
      if (updated.test(parameter)) {
        for (long at = 0; at < parameter.count(); at += BLOCK) {
          int count = (int) Math.min(BLOCK, parameter.count() - at);
          ranges.add(new Range(parameter, parameter.offset() + at, count));
        }
      }
    }
    first = arena.allocate(plan.elements() * Float.BYTES, 64);
    second = arena.allocate(plan.elements() * Float.BYTES, 64);
  }

  /// Running means of gradients, laid out as the parameters.
  public MemorySegment first() {
    return first;
  }

  /// Running means of squared gradients.
  public MemorySegment second() {
    return second;
  }

  /// One update.
  ///
  /// @param t number of the step, from 1
  /// @return the norm of the gradients before clipping
  public double step(
      MemorySegment parameters, MemorySegment gradients, double learningRate, long t) {
    double norm = norm(gradients);
    if (!Double.isFinite(norm)) {
      return norm;
    }
    double scale = rule.clip > 0 && norm > rule.clip ? rule.clip / norm : 1;
    double rate = learningRate * rule.modelRateFactor;
    var model =
        AdamWKernel.Step.of(rate, rule.beta1, rule.beta2, rule.eps, rule.weightDecay, t, scale);
    var codebook =
        AdamWKernel.Step.of(
            learningRate, rule.beta1, rule.beta2, rule.eps, rule.codebookWeightDecay, t, scale);
    team.each(
        ranges.size(),
        (number, worker) -> {
          Range range = ranges.get(number);
          boolean ofCodebook = range.parameter.role().isCodebook();
          backend
              .adamW()
              .step(
                  parameters,
                  first,
                  second,
                  gradients,
                  range.offset,
                  range.count,
                  ofCodebook ? codebook : model);
        });
    return norm;
  }

  private double norm(MemorySegment gradients) {
    double[] squares = new double[ranges.size()];
    team.each(
        ranges.size(),
        (number, worker) -> {
          Range range = ranges.get(number);
          squares[number] = backend.reduction().squares(gradients, range.offset, range.count);
        });
    double sum = 0;
    for (double square : squares) {
      sum += square;
    }
    return Math.sqrt(sum);
  }
}
