package dev.steerage.gateway;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// `openapi.yaml`, for tests: its operations, and what it says of a body.
final class Contract {
  private static final String ID = "https://steerage.dev/schemas/openapi";
  private static final String PREFIX = "https://steerage.dev/schemas/";
  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete");

  private final JsonNode document;
  private final SchemaRegistry registry;
  private final Map<String, Schema> schemas = new TreeMap<>();

  Contract() {
    try {
      document =
          new YAMLMapper()
              .readTree(Files.readString(Path.of("..", "..", "schemas", "http", "openapi.yaml")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    registry =
        SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12, builder -> builder.schemas(this::find));
  }

  private String find(String id) {
    if (id.equals(ID)) {
      return document.toString();
    }
    String file = "/dev/steerage/schemas/kafka/" + id.substring(PREFIX.length());
    try (InputStream in = Contract.class.getResourceAsStream(file)) {
      return in == null ? null : new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// An operation: `GET /api/v1/rules`.
  record Operation(String method, String path, String pointer, JsonNode node) {
    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  /// A body and where its schema is.
  record Body(String where, String pointer, JsonNode value) {
    @Override
    public String toString() {
      return where;
    }
  }

  List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    for (var path : document.get("paths").properties()) {
      for (var method : path.getValue().properties()) {
        if (METHODS.contains(method.getKey())) {
          operations.add(
              new Operation(
                  method.getKey().toUpperCase(java.util.Locale.ROOT),
                  path.getKey(),
                  "/paths/" + escape(path.getKey()) + "/" + method.getKey(),
                  method.getValue()));
        }
      }
    }
    return operations;
  }

  /// Every example of a JSON body in the document.
  List<Body> examples() {
    List<Body> examples = new ArrayList<>();
    for (Operation operation : operations()) {
      JsonNode request = operation.node().path("requestBody").path("content");
      examples(examples, operation + " request", operation.pointer() + "/requestBody", request);
      for (var response : operation.node().path("responses").properties()) {
        examples(
            examples,
            operation + " " + response.getKey(),
            operation.pointer() + "/responses/" + response.getKey(),
            response.getValue().path("content"));
      }
    }
    for (var response : document.at("/components/responses").properties()) {
      examples(
          examples,
          response.getKey(),
          "/components/responses/" + response.getKey(),
          response.getValue().path("content"));
    }
    return examples;
  }

  private static void examples(List<Body> into, String where, String pointer, JsonNode content) {
    JsonNode json = content.path("application/json");
    String schema = pointer + "/content/application~1json/schema";
    if (json.has("example")) {
      into.add(new Body(where, schema, json.get("example")));
    }
    for (var example : json.path("examples").properties()) {
      into.add(new Body(where + " " + example.getKey(), schema, example.getValue().get("value")));
    }
  }

  /// What is wrong with a body.
  List<String> problems(String pointer, JsonNode body) {
    Schema schema =
        schemas.computeIfAbsent(
            pointer, at -> registry.getSchema(SchemaLocation.of(ID + "#" + encode(at))));
    return schema.validate(body).stream().map(Error::toString).toList();
  }

  /// What is wrong with an answer; an answer that the contract does not know is wrong.
  List<String> problems(String method, String path, int status, JsonNode body) {
    for (Operation operation : operations()) {
      String pattern = operation.path().replaceAll("\\{[a-z]+}", "[^/]+");
      if (operation.method().equals(method)
          && path.matches(pattern)
          && (operation.path().contains("{") == !path.equals(operation.path()))) {
        String key = Integer.toString(status);
        JsonNode responses = operation.node().get("responses");
        String reference = responses.path(key).path("$ref").asString("");
        String response =
            reference.isEmpty()
                ? operation.pointer() + "/responses/" + key
                : reference.substring(1);
        return responses.has(key)
            ? problems(response + "/content/application~1json/schema", body)
            : status >= 400 && responses.has("default")
                ? problems("/components/schemas/Error", body)
                : List.of(operation + ": no response " + status);
      }
    }
    return status == 404 || status == 405
        ? problems("/components/schemas/Error", body)
        : List.of("no operation " + method + " " + path);
  }

  private static String escape(String path) {
    return path.replace("~", "~0").replace("/", "~1");
  }

  private static String encode(String pointer) {
    return pointer.replace("{", "%7B").replace("}", "%7D");
  }
}
