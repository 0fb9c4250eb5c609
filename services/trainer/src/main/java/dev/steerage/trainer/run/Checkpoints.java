package dev.steerage.trainer.run;

import dev.steerage.schemas.json.BadJson;
import dev.steerage.schemas.json.Json;
import dev.steerage.trainer.Settings;
import dev.steerage.trainer.TrainerException;
import dev.steerage.trainer.model.Parameter;
import dev.steerage.trainer.model.ParameterLoader;
import dev.steerage.transformer.checkpoint.CheckpointException;
import dev.steerage.transformer.checkpoint.StoredTensors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The checkpoints of a run: each a model folder that any loader reads, and beside it what the
/// optimizer remembers. Written whole under another name, forced to the disk, then renamed; so what
/// is there is complete whenever the process dies.
final class Checkpoints {
  private static final String STEP = "step-";
  private static final String PARTIAL = ".partial";
  private static final String MODEL = "model.safetensors";
  private static final String OPTIMIZER = "optimizer.safetensors";
  private static final String POSITION = "position.json";
  private static final int KEPT = 2;

  private final Path folder;
  private final TrainConfig config;
  private final List<Path> companions;

  /// @param companions files that belong into every model folder: tokenizer, automaton
  Checkpoints(Path folder, TrainConfig config, List<Path> companions) {
    this.folder = folder;
    this.config = config;
    this.companions = List.copyOf(companions);
  }

  /// The newest checkpoint.
  Optional<Path> latest() {
    return all().stream().reduce((older, newer) -> newer);
  }

  private List<Path> all() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> found = Files.list(folder)) {
      return found
          .filter(path -> path.getFileName().toString().matches(STEP + "\\d+"))
          .sorted(Comparator.comparing(path -> path.getFileName().toString()))
          .toList();
    } catch (IOException e) {
      throw new TrainerException("folder=" + folder + " cannot be read: " + e.getMessage(), e);
    }
  }

  /// @throws TrainerException if the disk does not take it; older checkpoints stay as they are
  Path save(StageState state, Position position) {
    Path target = folder.resolve(STEP + "%09d".formatted(position.steps()));
    Path partial = folder.resolve(target.getFileName() + PARTIAL);
    try {
      Files.createDirectories(folder);
      delete(partial);
      Files.createDirectory(partial);
      writeModel(state, partial);
      writeOptimizer(state, partial.resolve(OPTIMIZER));
      text(partial.resolve(POSITION), json(position).toString());
      force(partial);
      // A stage that ends replaces what was saved at its last step.
      delete(target);
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
      force(folder);
      List<Path> saved = all();
      for (int i = 0; i < saved.size() - KEPT; i++) {
        delete(saved.get(i));
      }
      return target;
    } catch (IOException e) {
      String last = latest().map(path -> path.getFileName().toString()).orElse("none");
      try {
        delete(partial);
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw new TrainerException(
          "checkpoint at step="
              + position.steps()
              + " could not be written to "
              + folder
              + ": "
              + e.getMessage()
              + "; the last good one is "
              + last,
          e);
    }
  }

  private static ObjectNode json(Position position) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("stage", position.stage());
    node.put("step", position.step());
    node.put("steps", position.steps());
    node.put("next-sequence", position.nextSequence());
    node.put("tokens", position.tokens());
    return node;
  }

  /// Writes a model folder: weights under the authors' names, configs, tokenizer.
  void writeModel(StageState state, Path to) throws IOException {
    SafetensorsWriter weights = new SafetensorsWriter();
    for (Parameter parameter : state.blueprint.plan().all()) {
      if (parameter.role().isExported()) {
        weights.floats("model." + parameter.name(), parameter.shape(), state.slice(parameter));
      }
    }
    weights.write(to.resolve(MODEL));
    text(to.resolve("config.json"), config.modelConfig(state.plan.codebooks()).toPrettyString());
    text(to.resolve("base_config.json"), config.baseConfig().toPrettyString());
    for (Path companion : companions) {
      Files.copy(companion, to.resolve(companion.getFileName()));
    }
  }

  private static void writeOptimizer(StageState state, Path file) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (Parameter parameter : state.blueprint.plan().all()) {
      MemorySegment first = StageState.slice(state.optimizer.first(), parameter);
      MemorySegment second = StageState.slice(state.optimizer.second(), parameter);
      writer.floats("first." + parameter.name(), parameter.shape(), first);
      writer.floats("second." + parameter.name(), parameter.shape(), second);
      if (!parameter.role().isExported()) {
        writer.floats("value." + parameter.name(), parameter.shape(), state.slice(parameter));
      }
    }
    try (Arena arena = Arena.ofConfined()) {
      for (int site = 0; site < state.usage.sites(); site++) {
        writer.longs(
            "usage." + site, arena.allocateFrom(ValueLayout.JAVA_LONG, state.usage.of(site)));
      }
      writer.write(file);
    }
  }

  Position position(Path checkpoint) {
    try {
      byte[] bytes = Files.readAllBytes(checkpoint.resolve(POSITION));
      Settings found = new Settings(checkpoint.toString(), Json.parse(bytes, 1 << 16));
      return new Position(
          found.count("stage", 0),
          (long) found.number("step", 0),
          (long) found.number("steps", 0),
          (long) found.number("next-sequence", 0),
          (long) found.number("tokens", 0));
    } catch (IOException | BadJson e) {
      throw new TrainerException("checkpoint=" + checkpoint + " cannot be read: " + e, e);
    }
  }

  /// Fills a stage with what it was when the checkpoint was saved.
  void restore(Path checkpoint, StageState state) {
    try (Arena arena = Arena.ofConfined()) {
      StoredTensors weights = StoredTensors.open(checkpoint.resolve(MODEL), arena);
      ParameterLoader.load(weights, state.blueprint, state.parameters);
      StoredTensors moments = StoredTensors.open(checkpoint.resolve(OPTIMIZER), arena);
      for (Parameter parameter : state.blueprint.plan().all()) {
        StageState.slice(state.optimizer.first(), parameter)
            .copyFrom(moments.floats("first." + parameter.name(), parameter.shape()));
        StageState.slice(state.optimizer.second(), parameter)
            .copyFrom(moments.floats("second." + parameter.name(), parameter.shape()));
        if (!parameter.role().isExported()) {
          state
              .slice(parameter)
              .copyFrom(moments.floats("value." + parameter.name(), parameter.shape()));
        }
      }
      for (int site = 0; site < state.usage.sites(); site++) {
        int[] counts = moments.ints("usage." + site);
        for (int code = 0; code < counts.length; code++) {
          state.usage.of(site)[code] = counts[code];
        }
      }
    } catch (CheckpointException e) {
      throw new TrainerException(
          "checkpoint=" + checkpoint + " cannot be resumed: " + e.getMessage(), e);
    }
  }

  private static void text(Path file, String content) throws IOException {
    Files.writeString(file, content + "\n", StandardCharsets.UTF_8);
    force(file);
  }

  /// Waits until a file or a folder's entries are on the disk.
  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> children = Files.list(folder)) {
      for (Path child : children.toList()) {
        Files.delete(child);
      }
    }
    Files.delete(folder);
  }
}
