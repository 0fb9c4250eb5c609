package dev.steerage.schemas.json;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.steerage.schemas.message.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// A published JSON Schema that messages of outsiders are checked against.
///
/// Schemas come from the class path only; a reference to anything else fails.
public enum PublishedSchema implements Function<JsonNode, Optional<BadJson>> {
  PROMPT("prompt"),
  COMMAND("command"),
  RULE("rule"),
  RULE_ACK("rule-ack"),
  COMPLETION("completion"),
  CODE_STATISTICS("code-statistics"),
  ALERT("alert"),
  DEAD_LETTER("dead-letter"),
  MODEL("model"),
  LABEL("label"),
  MONITOR("monitor");

  private static final String PREFIX = "https://steerage.dev/schemas/";
  private static final String SUFFIX = ".schema.json";
  private static final int VERSION = 1;

  private final String file;

  PublishedSchema(String name) {
    file = name + SUFFIX;
  }

  /// The schema as text.
  public String text() {
    return resource(file);
  }

  /// What is wrong with a message, if anything.
  @Override
  public Optional<BadJson> apply(JsonNode message) {
    // First, because a later version may have fields that this one does not know.
    JsonNode version = message.get("version");
    if (version != null && !(version.isInt() && version.intValue() == VERSION)) {
      return Optional.of(new BadJson(Refusal.UNKNOWN_VERSION, "expected version " + VERSION));
    }
    List<Error> errors = Loaded.SCHEMAS[ordinal()].validate(message);
    return errors.isEmpty() ? Optional.empty() : Optional.of(describe(errors));
  }

  private static BadJson describe(List<Error> errors) {
    // The deepest one: the others are its consequences in the alternatives around it.
    Error worst = errors.getFirst();
    for (Error error : errors) {
      if (depth(error) > depth(worst)) {
        worst = error;
      }
    }
    Refusal refusal =
        switch (worst.getKeyword() == null ? "" : worst.getKeyword()) {
          case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum" -> Refusal.BAD_NUMBER;
          case "maxLength", "maxItems", "maxProperties" -> Refusal.OVER_LIMIT;
          default -> Refusal.MALFORMED;
        };
    return new BadJson(refusal, worst.getInstanceLocation() + ": " + worst.getMessage());
  }

  private static int depth(Error error) {
    return error.getInstanceLocation().getNameCount();
  }

  private static String resource(String file) {
    String path = "/dev/steerage/schemas/kafka/" + file;
    try (InputStream stream = PublishedSchema.class.getResourceAsStream(path)) {
      if (stream == null) {
        throw new IllegalArgumentException("no schema on the class path: " + path);
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(path, e);
    }
  }

  /// Parsed when the first message is checked, not when a topic is named.
  private static final class Loaded {
    private static final Schema[] SCHEMAS = load();

    private static Schema[] load() {
      SchemaRegistry registry =
          SchemaRegistry.withDefaultDialect(
              SpecificationVersion.DRAFT_2020_12, builder -> builder.schemas(Loaded::find));
      PublishedSchema[] all = values();
      Schema[] schemas = new Schema[all.length];
      for (PublishedSchema schema : all) {
        schemas[schema.ordinal()] = registry.getSchema(SchemaLocation.of(PREFIX + schema.file));
        schemas[schema.ordinal()].initializeValidators();
      }
      return schemas;
    }

    private static String find(String id) {
      return id.startsWith(PREFIX) ? resource(id.substring(PREFIX.length())) : null;
    }
  }
}
