package dev.steerage.trainer.model;

import dev.steerage.ops.Floats;
import dev.steerage.schemas.json.Json;
import dev.steerage.trainer.Settings;
import dev.steerage.transformer.checkpoint.StoredTensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// One golden model: its parameters, and what training has to give.
public final class Golden {
  static final Path FOLDER = Path.of("src/test/resources/golden");

  final Blueprint blueprint;
  final MemorySegment parameters;
  final StoredTensors expected;
  private final Settings numbers;

  public Golden(String name, Arena arena) {
    Path folder = FOLDER.resolve(name);
    ModelShape shape = ModelShape.of(settings(folder.resolve("base_config.json")));
    List<Placement> placements = Placement.of(settings(folder.resolve("config.json")), shape);
    blueprint = new Blueprint(shape, placements);
    parameters = arena.allocate(blueprint.plan().elements() * Float.BYTES, 64);
    ParameterLoader.load(
        StoredTensors.open(folder.resolve("model.safetensors"), arena), blueprint, parameters);
    expected = StoredTensors.open(folder.resolve("training.safetensors"), arena);
    numbers = settings(folder.resolve("training.json"));
  }

  static Settings settings(Path file) {
    try {
      return new Settings(file.toString(), Json.parse(Files.readAllBytes(file), 1 << 20));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Blueprint blueprint() {
    return blueprint;
  }

  public MemorySegment parameters() {
    return parameters;
  }

  public Settings numbers() {
    return numbers;
  }

  /// Token ids of a golden batch.
  public Batch batch(String name) {
    int[] shape = expected.shape(name);
    return Batch.shifted(shape[0], shape[1], expected.ints(name));
  }

  public float[] expected(String name) {
    return array(expected.floats(name, expected.shape(name)));
  }

  public boolean has(String name) {
    return expected.names().contains(name);
  }

  static float[] array(MemorySegment values) {
    float[] copy = new float[(int) (values.byteSize() / Float.BYTES)];
    MemorySegment.copy(values, Floats.LAYOUT, 0, copy, 0, copy.length);
    return copy;
  }

  /// The tensor of a parameter in a block laid out as the parameters.
  public static float[] array(MemorySegment flat, Parameter parameter) {
    return array(PackedModel.slice(flat, parameter));
  }
}
