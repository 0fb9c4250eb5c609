package dev.steerage.trainer.run;

import dev.steerage.schemas.json.BadJson;
import dev.steerage.schemas.json.Json;
import dev.steerage.trainer.Settings;
import dev.steerage.trainer.TrainerException;
import dev.steerage.trainer.model.ModelShape;
import dev.steerage.trainer.model.Placement;
import dev.steerage.trainer.model.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `train.json`: everything that decides the weights of a run. The same file gives the same
/// weights, bit for bit, within a numeric class.
///
/// @param folder of the file; paths of automata and checkpoints are relative to that
/// @param texts folder that paths of texts are relative to
/// @param content the bytes of the file
/// @param base the model's `base_config.json`
/// @param codebooks the authors' `config.json`; none for a dense model
/// @param beginWith folder of a checkpoint to begin with
/// @param length tokens of one sequence
/// @param tileTokens tokens that one thread works on at a time
/// @param precision of affine maps and their gradients while training
/// @param keepEvery steps of a stage after which a model is kept for good; 0: none are
/// @param keepsBest whether the result is the evaluated model of the last stage with the lowest
///   loss on the validation data instead of the last one
public record TrainConfig(
    Path folder,
    Path texts,
    byte[] content,
    String name,
    long seed,
    int length,
    int tileTokens,
    Precision precision,
    Settings data,
    Settings base,
    Optional<Settings> codebooks,
    Optional<Path> beginWith,
    List<StagePlan> stages,
    int saveEvery,
    int evaluateEvery,
    int validSequences,
    int keepEvery,
    boolean keepsBest) {
  private static final int MAX_BYTES = 1 << 20;
  private static final Set<String> KEYS =
      Set.of(
          "name",
          "seed",
          "length",
          "tile-tokens",
          "precision",
          "data",
          "base",
          "codebooks",
          "begin-with",
          "stages",
          "save-every-steps",
          "evaluate-every-steps",
          "valid-sequences",
          "keep-every-steps",
          "result");

  public TrainConfig {
    stages = List.copyOf(stages);
  }

  /// @throws TrainerException naming file, key and what is wrong
  public static TrainConfig read(Path file, Optional<Path> texts) {
    try {
      byte[] content = Files.readAllBytes(file);
      Settings root = new Settings(file.toString(), Json.parse(content, MAX_BYTES)).only(KEYS);
      List<StagePlan> stages = new ArrayList<>();
      for (Settings stage : root.objects("stages")) {
        stages.add(StagePlan.of(stage, stages.size()));
      }
      Path folder = file.toAbsolutePath().normalize().getParent();
      TrainConfig config =
          new TrainConfig(
              folder,
              texts.orElse(folder),
              content,
              root.text("name"),
              (long) root.number("seed", 1),
              root.positive("length"),
              root.positive("tile-tokens", 256),
              precision(root),
              root.object("data"),
              root.object("base"),
              root.optional("codebooks"),
              root.has("begin-with")
                  ? Optional.of(folder.resolve(root.text("begin-with")))
                  : Optional.empty(),
              stages,
              root.positive("save-every-steps", 200),
              root.positive("evaluate-every-steps", 200),
              root.positive("valid-sequences", 64),
              root.count("keep-every-steps", 0),
              keepsBest(root));
      config.check(root);
      return config;
    } catch (IOException e) {
      throw new TrainerException("file=" + file + " cannot be read: " + e.getMessage(), e);
    } catch (BadJson e) {
      throw new TrainerException("file=" + file + ": " + e.getMessage(), e);
    }
  }

  private static Precision precision(Settings root) {
    try {
      return Precision.of(root.text("precision", "f32"));
    } catch (IllegalArgumentException e) {
      throw root.wrong("precision", e.getMessage());
    }
  }

  private static boolean keepsBest(Settings root) {
    return switch (root.text("result", "last")) {
      case "last" -> false;
      case "best" -> true;
      default -> throw root.wrong("result", "last or best");
    };
  }

  private void check(Settings root) {
    if (stages.isEmpty()) {
      throw root.wrong("stages", "at least one");
    }
    for (StagePlan stage : stages) {
      if (stage.codebooks() && codebooks.isEmpty()) {
        throw root.wrong("codebooks", "what stage " + stage.name() + " inserts");
      }
    }
    ModelShape shape = shape();
    if (length < 2 || length > shape.positions()) {
      throw root.wrong("length", "2 to the model's positions=" + shape.positions());
    }
    placements(shape);
  }

  public ModelShape shape() {
    return ModelShape.of(base);
  }

  public List<Placement> placements(ModelShape shape) {
    return codebooks.map(config -> Placement.of(config, shape)).orElse(List.of());
  }

  /// `config.json` of a model of this run, as the authors' loader reads it.
  ObjectNode modelConfig(boolean withCodebooks) {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.put("model_type", "codebook");
    if (withCodebooks) {
      for (var property : codebooks.orElseThrow().root().properties()) {
        config.set(property.getKey(), property.getValue());
      }
    } else {
      config.putArray("codebook_at");
    }
    if (!config.has("similarity_metric")) {
      config.put("similarity_metric", "inner_product");
    }
    return config;
  }

  JsonNode baseConfig() {
    return base.root();
  }
}
