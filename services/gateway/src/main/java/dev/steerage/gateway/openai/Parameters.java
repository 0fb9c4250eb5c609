package dev.steerage.gateway.openai;

import dev.steerage.gateway.http.HttpError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/// The fields of an OpenAI request, with one policy for all of them: what changes the output and is
/// not offered is refused, what changes nothing is accepted, what nobody knows is refused. A field
/// that is `null` is absent.
final class Parameters {
  /// Refused unless they have the value that does nothing.
  private static final Map<String, Predicate<JsonNode>> INERT =
      Map.ofEntries(
          Map.entry("presence_penalty", Parameters::isZero),
          Map.entry("frequency_penalty", Parameters::isZero),
          Map.entry("logit_bias", JsonNode::isEmpty),
          Map.entry("suffix", value -> value.isString() && value.stringValue().isEmpty()),
          Map.entry("tools", JsonNode::isEmpty),
          Map.entry("functions", JsonNode::isEmpty),
          Map.entry("tool_choice", value -> value.asString("").equals("none")),
          Map.entry("function_call", value -> value.asString("").equals("none")),
          Map.entry("response_format", value -> value.path("type").asString("").equals("text")),
          Map.entry(
              "modalities",
              value -> value.size() == 1 && value.get(0).asString("").equals("text")));

  /// They have no effect on the output.
  private static final Set<String> IGNORED =
      Set.of(
          "user",
          "metadata",
          "store",
          "service_tier",
          "prompt_cache_key",
          "safety_identifier",
          "parallel_tool_calls");

  private final JsonNode body;

  /// @param known fields that the caller reads
  Parameters(JsonNode body, Set<String> known) {
    this.body = body;
    for (var field : body.properties()) {
      String name = field.getKey();
      if (field.getValue().isNull() || known.contains(name) || IGNORED.contains(name)) {
        continue;
      }
      Predicate<JsonNode> inert = INERT.get(name);
      if (inert == null) {
        throw HttpError.badRequest(clip(name), "unknown_parameter", "unknown parameter");
      }
      if (!inert.test(field.getValue())) {
        throw HttpError.badRequest(
            name, "unsupported_parameter", name + " is not supported with this value");
      }
    }
  }

  private static boolean isZero(JsonNode value) {
    return value.isNumber() && value.doubleValue() == 0;
  }

  private static String clip(String name) {
    return name.length() <= 40 ? name : name.substring(0, 40);
  }

  Optional<JsonNode> at(String name) {
    return Optional.ofNullable(body.get(name)).filter(value -> !value.isNull());
  }

  String text(String name) {
    return at(name)
        .filter(JsonNode::isString)
        .map(JsonNode::stringValue)
        .orElseThrow(() -> wrong(name, "a string"));
  }

  boolean flag(String name) {
    Optional<JsonNode> value = at(name);
    if (value.isPresent() && !value.get().isBoolean()) {
      throw wrong(name, "true or false");
    }
    return value.map(JsonNode::booleanValue).orElse(false);
  }

  double number(String name, double least, double most, double otherwise) {
    Optional<JsonNode> value = at(name);
    if (value.isEmpty()) {
      return otherwise;
    }
    double number = value.get().isNumber() ? value.get().doubleValue() : Double.NaN;
    if (!(number >= least && number <= most)) {
      throw wrong(name, least + " to " + most);
    }
    return number;
  }

  OptionalInt whole(String name, int least, int most) {
    Optional<JsonNode> value = at(name);
    if (value.isEmpty()) {
      return OptionalInt.empty();
    }
    JsonNode number = value.get();
    if (!number.isIntegralNumber()
        || !number.canConvertToInt()
        || number.intValue() < least
        || number.intValue() > most) {
      throw wrong(name, "a whole number, " + least + " to " + most);
    }
    return OptionalInt.of(number.intValue());
  }

  OptionalLong big(String name) {
    Optional<JsonNode> value = at(name);
    if (value.isEmpty()) {
      return OptionalLong.empty();
    }
    if (!value.get().isIntegralNumber() || !value.get().canConvertToLong()) {
      throw wrong(name, "a whole number");
    }
    return OptionalLong.of(value.get().longValue());
  }

  /// A string or a list of strings.
  List<String> texts(String name, int most) {
    Optional<JsonNode> value = at(name);
    if (value.isEmpty()) {
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    if (value.get().isString()) {
      texts.add(value.get().stringValue());
    } else if (value.get().isArray()) {
      value.get().forEach(one -> texts.add(one.isString() ? one.stringValue() : null));
    }
    if (texts.contains(null)
        || texts.size() > most
        || (texts.isEmpty() && !value.get().isArray())) {
      throw wrong(name, "a string, or up to " + most);
    }
    if (texts.stream().anyMatch(String::isEmpty)) {
      throw wrong(name, "no empty string");
    }
    return texts;
  }

  static HttpError wrong(String name, String expected) {
    return HttpError.badRequest(name, "invalid_value", name + ": expected " + expected);
  }
}
