package dev.steerage.transformer;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Where the tests find models.
public final class TestModels {
  private static final JsonMapper MAPPER = new JsonMapper();

  private TestModels() {}

  /// A folder of golden vectors.
  public static Path golden(String name) {
    return resource("/golden/" + name);
  }

  /// A model with values that an independent program stated.
  public static Path reference(String name) {
    return resource("/reference/" + name);
  }

  private static Path resource(String name) {
    try {
      return Path.of(TestModels.class.getResource(name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A model that ships with the project.
  public static Path shipped(String name) {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path folder = at.resolve("infra/models").resolve(name);
      if (Files.isDirectory(folder)) {
        return folder;
      }
    }
    throw new IllegalStateException("no infra/models/" + name + " above the working directory");
  }

  public static JsonNode json(Path file) {
    return MAPPER.readTree(file.toFile());
  }

  public static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asInt();
    }
    return values;
  }
}
