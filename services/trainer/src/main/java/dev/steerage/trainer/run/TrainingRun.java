package dev.steerage.trainer.run;

import dev.steerage.ops.Team;
import dev.steerage.ops.TrainingBackend;
import dev.steerage.trainer.TrainerException;
import dev.steerage.trainer.codes.DeadCodes;
import dev.steerage.trainer.data.TokenSource;
import dev.steerage.trainer.model.Activations;
import dev.steerage.trainer.model.Batch;
import dev.steerage.trainer.model.PackedModel;
import dev.steerage.trainer.model.Parameter;
import dev.steerage.trainer.model.ParameterLoader;
import dev.steerage.trainer.model.Tally;
import dev.steerage.trainer.model.Usage;
import dev.steerage.trainer.optimise.Beginning;
import dev.steerage.transformer.checkpoint.CheckpointException;
import dev.steerage.transformer.checkpoint.StoredTensors;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;

/// A run in its folder: begins or resumes, trains stage after stage, saves, evaluates, and leaves
/// the model in `model`.
///
/// A run that is killed at any moment and resumed gives the same weights, bit for bit, as one that
/// was not: everything that a step depends on is in the checkpoint or a function of the seed and
/// the step.
public final class TrainingRun {
  private static final String CONFIG = "train.json";

  private final TrainConfig config;
  private final Path folder;
  private final TrainingBackend backend;
  private final Team team;
  private final TokenSource source;
  private final Checkpoints checkpoints;
  private final Progress progress;
  private final ReportSink further;
  private final LongPredicate stop;
  private final Results results;

  /// @param further gets every report besides the run's own log
  /// @param stop asked before every step with the number of steps done; true: save and return
  public TrainingRun(
      TrainConfig config,
      Path folder,
      TrainingBackend backend,
      Team team,
      Source source,
      PrintWriter out,
      ReportSink further,
      LongPredicate stop) {
    this.config = config;
    this.folder = folder;
    this.backend = backend;
    this.team = team;
    this.source = source.tokens();
    this.further = further;
    this.stop = stop;
    checkpoints = new Checkpoints(folder.resolve("checkpoints"), config, source.companions());
    results = new Results(folder, config, checkpoints);
    progress = new Progress(out, config);
    if (source.tokens().vocabulary() > config.shape().vocabulary()) {
      throw new TrainerException(
          "vocabulary: the data has token ids up to "
              + (source.tokens().vocabulary() - 1)
              + ", the model's vocab_size="
              + config.shape().vocabulary());
    }
    claim();
  }

  /// The folder belongs to one config: other settings would not continue the same run.
  private void claim() {
    Path own = folder.resolve(CONFIG);
    try {
      Files.createDirectories(folder);
      if (Files.exists(own) && !Arrays.equals(Files.readAllBytes(own), config.content())) {
        throw new TrainerException(
            "folder=" + folder + " holds a run with other settings (" + CONFIG + " differs)");
      }
      Files.write(own, config.content());
    } catch (IOException e) {
      throw new TrainerException("folder=" + folder + " cannot be written: " + e.getMessage(), e);
    }
  }

  /// Trains to the end.
  ///
  /// @return the model's folder; empty if it was stopped before
  public Optional<Path> run() {
    Optional<Path> latest = checkpoints.latest();
    Position position = latest.map(checkpoints::position).orElseGet(this::start);
    ReportLog log = new ReportLog(folder.resolve("metrics.jsonl"), position.steps());
    StageState state = new StageState(config, position.stage(), backend, team);
    try {
      if (latest.isPresent()) {
        checkpoints.restore(latest.get(), state);
        progress.say("resumed from " + latest.get().getFileName());
      } else {
        begin(state);
      }
      while (true) {
        position = stage(state, position, log);
        if (position.step() < state.plan.steps()) {
          progress.say("stopped at step " + position.steps() + "; start again to go on");
          return Optional.empty();
        }
        if (position.stage() + 1 == config.stages().size()) {
          Path model = results.end(state);
          LossPlot.write(folder.resolve("metrics.jsonl"), folder.resolve("loss.svg"));
          return Optional.of(model);
        }
        results.endOfStage(state, position.stage());
        state = next(state, position);
        position = position.nextStage();
      }
    } finally {
      state.close();
    }
  }

  private Position start() {
    long before =
        config.beginWith().map(RunMetrics::tokensSeen).map(seen -> seen.orElse(0)).orElse(0L);
    return new Position(0, 0, 0, 0, before);
  }

  private void begin(StageState state) {
    List<Parameter> missing = state.blueprint.plan().all();
    if (config.beginWith().isPresent()) {
      Path file = config.beginWith().get().resolve("model.safetensors");
      try (Arena arena = Arena.ofConfined()) {
        StoredTensors stored = StoredTensors.open(file, arena);
        missing = ParameterLoader.load(stored, state.blueprint, state.parameters);
      } catch (CheckpointException e) {
        throw new TrainerException("begin-with: " + e.getMessage(), e);
      }
    }
    Beginning.fill(state.parameters, state.blueprint, missing, config.seed());
    if (config.beginWith().isPresent() && !missing.isEmpty()) {
      state.startCodes(source);
    }
  }

  private StageState next(StageState before, Position position) {
    StageState state = new StageState(config, position.stage() + 1, backend, team);
    List<Parameter> missing = state.copyFrom(before);
    before.close();
    Beginning.fill(state.parameters, state.blueprint, missing, config.seed());
    if (!missing.isEmpty()) {
      progress.say("codes begin: " + state.plan.start());
      state.startCodes(source);
    }
    return state;
  }

  private Position stage(StageState state, Position from, ReportLog log) {
    Position position = from;
    while (position.step() < state.plan.steps()) {
      if (stop.test(position.steps())) {
        checkpoints.save(state, position);
        return position;
      }
      position = step(state, position);
      boolean last = position.step() == state.plan.steps();
      long beganNs = System.nanoTime();
      if (last || position.step() % config.evaluateEvery() == 0) {
        report(state, position, log);
      }
      if (last || position.step() % config.saveEvery() == 0) {
        checkpoints.save(state, position);
      }
      if (config.keepEvery() > 0 && position.step() % config.keepEvery() == 0) {
        results.keep(state, position.steps());
      }
      progress.resumeClock(System.nanoTime() - beganNs);
    }
    return position;
  }

  private Position step(StageState state, Position position) {
    StagePlan plan = state.plan;
    Batch batch = source.train(position.nextSequence(), plan.sequences(), config.length());
    Tally tally;
    try (PackedModel model = state.pack()) {
      tally = state.runner.run(model, batch, state.rule(position.step(), batch), state.usage);
    }
    double rate = plan.learningRate(position.step());
    double norm =
        Double.isFinite(tally.loss()) ? state.update(rate, position.step() + 1) : Double.NaN;
    if (!Double.isFinite(norm)) {
      throw new TrainerException(
          "loss=%s, gradient norm=%s at step %d of stage %s (learning rate %s): not finite, stopped; the last good checkpoint is %s"
              .formatted(
                  tally.loss(),
                  norm,
                  position.step(),
                  plan.name(),
                  rate,
                  checkpoints.latest().map(Path::toString).orElse("none")));
    }
    Position after = position.after(batch.sequences(), batch.length());
    replace(state, after);
    progress.step(state, after, tally.loss(), tally.accuracy(), batch.tokens().length);
    return after;
  }

  private void replace(StageState state, Position position) {
    StagePlan plan = state.plan;
    if (!plan.codebooks()
        || plan.replaceAfter() == 0
        || plan.variant().isProjected()
        || position.step() % plan.replaceAfter() != 0) {
      return;
    }
    if (position.step() < plan.replaceUntil()) {
      try (Arena scratch = Arena.ofShared();
          PackedModel model = state.pack()) {
        Batch batch = source.train(position.nextSequence(), plan.sequences(), config.length());
        Activations now = state.collect(model, batch, position.step(), scratch);
        new DeadCodes(state.blueprint, config.seed())
            .replace(
                state.usage,
                now,
                plan.replaceShare(),
                plan.replaceNoise(),
                position.steps(),
                state.parameters,
                state.optimizer.first(),
                state.optimizer.second());
      }
    }
    state.usage.clear();
  }

  private void report(StageState state, Position position, ReportLog log) {
    Map<String, Double> values = new LinkedHashMap<>();
    Usage usage = new Usage(state.blueprint);
    Tally tally = new Tally();
    List<Double> parts = new ArrayList<>();
    int sequences = (int) Math.min(config.validSequences(), source.validSequences(config.length()));
    try (PackedModel model = state.pack()) {
      for (int first = 0; first < sequences; first += state.plan.sequences()) {
        int count = Math.min(state.plan.sequences(), sequences - first);
        Batch batch = source.valid(first, count, config.length());
        // The codes that the finished model will have active, whatever the schedule says now.
        tally.add(
            state.runner.evaluate(
                model, batch, state.rule(Long.MAX_VALUE, batch), usage, parts::add));
      }
    }
    values.put("valid-loss", tally.loss());
    values.put("valid-loss-error", standardError(parts));
    values.put("valid-accuracy", tally.accuracy());
    values.put("learning-rate", state.plan.learningRate(position.step()));
    if (state.plan.codebooks()) {
      values.put("unused-codes", usage.unused());
    }
    StepReport report = new StepReport(config.name(), state.plan.name(), position, values);
    if (config.keepsBest()
        && position.stage() + 1 == config.stages().size()
        && tally.loss() < log.lowestLoss(state.plan.name())) {
      results.best(state);
    }
    log.accept(report);
    further.accept(report);
    progress.say(
        "  valid loss %.4f  accuracy %.2f %%%s"
            .formatted(
                tally.loss(),
                100 * tally.accuracy(),
                state.plan.codebooks()
                    ? "  unused codes %.1f %%".formatted(100 * usage.unused())
                    : ""));
  }

  /// Of the mean of parts of equal size.
  private static double standardError(List<Double> parts) {
    double mean = parts.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    double squares = parts.stream().mapToDouble(part -> (part - mean) * (part - mean)).sum();
    return parts.size() < 2 ? 0 : Math.sqrt(squares / (parts.size() - 1) / parts.size());
  }
}
