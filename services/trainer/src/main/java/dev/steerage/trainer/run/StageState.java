package dev.steerage.trainer.run;

import dev.steerage.ops.Team;
import dev.steerage.ops.TrainingBackend;
import dev.steerage.trainer.codes.CodeInitialisation;
import dev.steerage.trainer.codes.CodeStart;
import dev.steerage.trainer.data.TokenSource;
import dev.steerage.trainer.model.Activations;
import dev.steerage.trainer.model.Batch;
import dev.steerage.trainer.model.Blueprint;
import dev.steerage.trainer.model.CodeRule;
import dev.steerage.trainer.model.PackedModel;
import dev.steerage.trainer.model.Parameter;
import dev.steerage.trainer.model.Projection;
import dev.steerage.trainer.model.Usage;
import dev.steerage.trainer.model.Variant;
import dev.steerage.trainer.optimise.AdamW;
import dev.steerage.trainer.optimise.BatchRunner;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Everything that one stage computes with: parameters, optimizer, gradients.
final class StageState implements AutoCloseable {
  final StagePlan plan;
  final Blueprint blueprint;
  final MemorySegment parameters;
  final AdamW optimizer;
  final BatchRunner runner;

  /// Codes chosen since the last replacement.
  final Usage usage;

  private final Arena arena = Arena.ofShared();
  private final TrainConfig config;
  private final TrainingBackend backend;
  private final Team team;

  StageState(TrainConfig config, int number, TrainingBackend backend, Team team) {
    this.config = config;
    this.backend = backend;
    this.team = team;
    plan = config.stages().get(number);
    var shape = config.shape();
    blueprint =
        plan.codebooks()
            ? new Blueprint(shape, config.placements(shape), plan.variant())
            : new Blueprint(shape, List.of());
    parameters = arena.allocate(blueprint.plan().elements() * Float.BYTES, 64);
    optimizer = new AdamW(blueprint, plan.trained(), plan.optimizer(), backend, team, arena);
    int most = Math.max(1, plan.activeFrom());
    runner =
        new BatchRunner(
                blueprint,
                backend,
                team,
                plan.sequences(),
                config.length(),
                config.tileTokens(),
                most,
                config.precision())
            .only(plan.trained().in(blueprint));
    usage = new Usage(blueprint);
  }

  /// The weights as the forward reads them now.
  PackedModel pack() {
    return pack(plan.codebooks());
  }

  private PackedModel pack(boolean snapped) {
    team.each(
        blueprint.projections().size(),
        (number, worker) ->
            blueprint.projections().get(number).makeCodes(backend.product(), parameters));
    return new PackedModel(blueprint, parameters, backend.forward(), team, snapped);
  }

  /// One update from the gradients of a batch.
  ///
  /// @return the norm of the gradients
  double update(double learningRate, long t) {
    team.each(
        blueprint.projections().size(),
        (number, worker) ->
            blueprint
                .projections()
                .get(number)
                .gradient(backend.product(), parameters, runner.gradients()));
    return optimizer.step(parameters, runner.gradients(), learningRate, t);
  }

  CodeRule rule(long step, Batch batch) {
    long tokens = (long) batch.sequences() * batch.length();
    return new CodeRule(plan.loss(), plan.beta(), tokens, plan.raised(step), plan.redundancy());
  }

  /// Copies what a dense or an equal model before this one had; returns what it did not have.
  List<Parameter> copyFrom(StageState before) {
    Map<String, Parameter> had = new HashMap<>();
    for (Parameter parameter : before.blueprint.plan().all()) {
      had.put(plain(parameter), parameter);
    }
    return blueprint.plan().all().stream()
        .filter(
            parameter -> {
              Parameter same = had.get(plain(parameter));
              if (same != null) {
                slice(parameter).copyFrom(before.slice(same));
              }
              return same == null;
            })
        .toList();
  }

  MemorySegment slice(Parameter parameter) {
    return slice(parameters, parameter);
  }

  static MemorySegment slice(MemorySegment flat, Parameter parameter) {
    return flat.asSlice(parameter.offset() * Float.BYTES, parameter.count() * Float.BYTES);
  }

  private static String plain(Parameter parameter) {
    return parameter.name().replace(".module_layer", "");
  }

  /// Gives new codes values from the activations of the model as it was without them.
  void startCodes(TokenSource source) {
    // SimVQ's basis is random by definition.
    if (plan.start() == CodeStart.RANDOM || plan.variant() == Variant.SIMVQ) {
      return;
    }
    try (Arena scratch = Arena.ofShared();
        PackedModel dense = pack(false)) {
      Batch batch = source.train(0, plan.startSequences(), config.length());
      Activations activations = collect(dense, batch, 0, scratch);
      var start = new CodeInitialisation(backend.forward(), team, config.seed());
      if (plan.start() == CodeStart.KMEANS) {
        start.cluster(blueprint, activations, parameters, plan.startRounds());
      } else {
        start.sample(blueprint, activations, parameters);
      }
      for (Projection projection : blueprint.projections()) {
        projection.keepCodesAsBasis(parameters);
      }
    }
  }

  Activations collect(PackedModel model, Batch batch, long step, Arena scratch) {
    return Activations.collect(
        blueprint, model, runner.pass(), batch, runner.tileSequences(), rule(step, batch), scratch);
  }

  @Override
  public void close() {
    runner.close();
    arena.close();
  }
}
