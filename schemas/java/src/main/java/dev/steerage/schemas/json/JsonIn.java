package dev.steerage.schemas.json;

import dev.steerage.schemas.message.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// Reads the fields of one JSON object; a field of another shape is a [BadJson] that names it.
public final class JsonIn {
  private final JsonNode node;

  public JsonIn(JsonNode node) {
    this.node = node;
  }

  /// Whether the field is there.
  public boolean has(String name) {
    return node.has(name);
  }

  /// The raw value of a field.
  JsonNode at(String name) {
    JsonNode value = node.get(name);
    if (value == null) {
      throw new BadJson(Refusal.MALFORMED, "field '" + name + "' is missing");
    }
    return value;
  }

  public String text(String name) {
    return asText(name, at(name));
  }

  public String text(String name, String otherwise) {
    return has(name) ? text(name) : otherwise;
  }

  public Optional<String> optionalText(String name) {
    return has(name) ? Optional.of(text(name)) : Optional.empty();
  }

  public int integer(String name) {
    return asInteger(name, at(name));
  }

  public int integer(String name, int otherwise) {
    return has(name) ? integer(name) : otherwise;
  }

  public OptionalInt optionalInteger(String name) {
    return has(name) ? OptionalInt.of(integer(name)) : OptionalInt.empty();
  }

  public long whole(String name) {
    JsonNode value = at(name);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new BadJson(Refusal.BAD_NUMBER, "field '" + name + "' is no whole number");
    }
    return value.longValue();
  }

  public long whole(String name, long otherwise) {
    return has(name) ? whole(name) : otherwise;
  }

  public OptionalLong optionalWhole(String name) {
    return has(name) ? OptionalLong.of(whole(name)) : OptionalLong.empty();
  }

  public double number(String name) {
    JsonNode value = at(name);
    if (!value.isNumber()) {
      throw new BadJson(Refusal.BAD_NUMBER, "field '" + name + "' is no number");
    }
    return value.doubleValue();
  }

  public double number(String name, double otherwise) {
    return has(name) ? number(name) : otherwise;
  }

  public OptionalDouble optionalNumber(String name) {
    return has(name) ? OptionalDouble.of(number(name)) : OptionalDouble.empty();
  }

  public boolean flag(String name, boolean otherwise) {
    if (!has(name)) {
      return otherwise;
    }
    JsonNode value = at(name);
    if (!value.isBoolean()) {
      throw new BadJson(Refusal.MALFORMED, "field '" + name + "' is neither true nor false");
    }
    return value.booleanValue();
  }

  /// An object.
  public JsonIn object(String name) {
    JsonNode value = at(name);
    if (!value.isObject()) {
      throw new BadJson(Refusal.MALFORMED, "field '" + name + "' is no object");
    }
    return new JsonIn(value);
  }

  /// An object, where it is there.
  public <T> Optional<T> optionalObject(String name, Function<JsonIn, T> read) {
    return has(name) ? Optional.of(read.apply(object(name))) : Optional.empty();
  }

  /// A list of objects; empty where it is not there.
  public <T> List<T> objects(String name, Function<JsonIn, T> read) {
    return list(
        name,
        element -> {
          if (!element.isObject()) {
            throw new BadJson(Refusal.MALFORMED, "field '" + name + "' holds more than objects");
          }
          return read.apply(new JsonIn(element));
        });
  }

  /// A list of strings; empty where it is not there.
  public List<String> texts(String name) {
    return list(name, element -> asText(name, element));
  }

  /// A list of ints; empty where it is not there.
  public List<Integer> integers(String name) {
    return list(name, element -> asInteger(name, element));
  }

  /// An object whose values are strings; empty where it is not there.
  public Map<String, String> textMap(String name) {
    if (!has(name)) {
      return Map.of();
    }
    Map<String, String> map = new LinkedHashMap<>();
    for (var entry : object(name).node.properties()) {
      map.put(entry.getKey(), asText(name, entry.getValue()));
    }
    return map;
  }

  /// A word of a closed set: the kebab-case name of an enum constant.
  public <E extends Enum<E>> E word(String name, Class<E> type) {
    return Words.read(name, text(name), type);
  }

  private <T> List<T> list(String name, Function<JsonNode, T> read) {
    if (!has(name)) {
      return List.of();
    }
    JsonNode array = at(name);
    if (!array.isArray()) {
      throw new BadJson(Refusal.MALFORMED, "field '" + name + "' is no list");
    }
    List<T> values = new ArrayList<>(array.size());
    for (JsonNode element : array) {
      values.add(read.apply(element));
    }
    return values;
  }

  private static String asText(String name, JsonNode value) {
    if (!value.isString()) {
      throw new BadJson(Refusal.MALFORMED, "field '" + name + "' is no string");
    }
    return value.stringValue();
  }

  private static int asInteger(String name, JsonNode value) {
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw new BadJson(Refusal.BAD_NUMBER, "field '" + name + "' is no 32-bit whole number");
    }
    return value.intValue();
  }
}
