package dev.steerage.trainer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// One object of a JSON file, read strictly: errors name the file, the key and what was found.
public final class Settings {
  private final String origin;
  private final JsonNode root;

  /// @param origin file and place, for messages
  public Settings(String origin, JsonNode root) {
    this.origin = origin;
    this.root = root;
    if (!root.isObject()) {
      throw new TrainerException(origin + ": an object was expected, found " + clip(root));
    }
  }

  public JsonNode root() {
    return root;
  }

  /// Refuses keys that nothing reads: a misspelt one would silently not count.
  public Settings only(Set<String> known) {
    for (String key : root.propertyNames()) {
      if (!known.contains(key)) {
        throw new TrainerException(
            origin + ": unknown key '" + key + "', known: " + known.stream().sorted().toList());
      }
    }
    return this;
  }

  public boolean has(String key) {
    JsonNode value = root.get(key);
    return value != null && !value.isNull();
  }

  public Settings object(String key) {
    return new Settings(origin + ", " + key, required(key));
  }

  public Optional<Settings> optional(String key) {
    return has(key) ? Optional.of(object(key)) : Optional.empty();
  }

  public List<Settings> objects(String key) {
    List<Settings> found = new ArrayList<>();
    for (JsonNode entry : list(key)) {
      found.add(new Settings(origin + ", " + key + "[" + found.size() + "]", entry));
    }
    return found;
  }

  /// The values of a key that may hold one value or a list.
  public List<JsonNode> list(String key) {
    JsonNode value = required(key);
    List<JsonNode> values = new ArrayList<>();
    if (value.isArray()) {
      value.forEach(values::add);
    } else {
      values.add(value);
    }
    return values;
  }

  public String text(String key) {
    if (!required(key).isString()) {
      throw wrong(key, "a string");
    }
    return root.get(key).stringValue();
  }

  public String text(String key, String otherwise) {
    return has(key) ? text(key) : otherwise;
  }

  public boolean flag(String key, boolean otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    if (!root.get(key).isBoolean()) {
      throw wrong(key, "true or false");
    }
    return root.get(key).booleanValue();
  }

  public double number(String key, double otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    JsonNode value = root.get(key);
    if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
      throw wrong(key, "a number");
    }
    return value.doubleValue();
  }

  public int positive(String key) {
    return whole(key, 1);
  }

  public int positive(String key, int otherwise) {
    return has(key) ? positive(key) : otherwise;
  }

  /// A whole number that is not negative.
  public int count(String key, int otherwise) {
    return has(key) ? whole(key, 0) : otherwise;
  }

  private int whole(String key, int least) {
    JsonNode value = required(key);
    if (!value.isInt() || value.intValue() < least) {
      throw wrong(key, "an integer >= " + least);
    }
    return value.intValue();
  }

  private JsonNode required(String key) {
    if (!has(key)) {
      throw wrong(key, "a value");
    }
    return root.get(key);
  }

  public TrainerException wrong(String key, String expected) {
    JsonNode value = root.get(key);
    return new TrainerException(
        origin + ", " + key + ": expected " + expected + ", found " + clip(value));
  }

  private static String clip(JsonNode value) {
    String found = value == null ? "nothing" : value.toString();
    return found.length() <= 80 ? found : found.substring(0, 80) + "…";
  }
}
