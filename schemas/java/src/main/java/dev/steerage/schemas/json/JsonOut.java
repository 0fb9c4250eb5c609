package dev.steerage.schemas.json;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import tools.jackson.core.JsonGenerator;

/// Writes the fields of one JSON object; what is empty is left out.
public final class JsonOut {
  private final JsonGenerator generator;

  JsonOut(JsonGenerator generator) {
    this.generator = generator;
  }

  public JsonOut text(String name, String value) {
    generator.writeStringProperty(name, value);
    return this;
  }

  public JsonOut text(String name, Optional<String> value) {
    value.ifPresent(text -> generator.writeStringProperty(name, text));
    return this;
  }

  public JsonOut word(String name, Enum<?> value) {
    return text(name, Words.of(value));
  }

  public JsonOut whole(String name, long value) {
    generator.writeNumberProperty(name, value);
    return this;
  }

  public JsonOut whole(String name, OptionalInt value) {
    value.ifPresent(number -> generator.writeNumberProperty(name, number));
    return this;
  }

  public JsonOut whole(String name, OptionalLong value) {
    value.ifPresent(number -> generator.writeNumberProperty(name, number));
    return this;
  }

  /// A finite number; whole ones without a fraction.
  public JsonOut number(String name, double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("field=" + name + ", value=" + value);
    }
    if (value == Math.rint(value) && Math.abs(value) < 1L << 53) {
      generator.writeNumberProperty(name, (long) value);
    } else {
      generator.writeNumberProperty(name, value);
    }
    return this;
  }

  public JsonOut number(String name, OptionalDouble value) {
    value.ifPresent(number -> number(name, number));
    return this;
  }

  public JsonOut flag(String name, boolean value) {
    generator.writeBooleanProperty(name, value);
    return this;
  }

  /// A field that is there and empty: `null`.
  public JsonOut nil(String name) {
    generator.writeNullProperty(name);
    return this;
  }

  /// An object.
  public JsonOut object(String name, Consumer<JsonOut> write) {
    generator.writeName(name);
    generator.writeStartObject();
    write.accept(this);
    generator.writeEndObject();
    return this;
  }

  /// An object, where there is one.
  public <T> JsonOut object(String name, Optional<T> value, BiConsumer<JsonOut, T> write) {
    value.ifPresent(present -> object(name, out -> write.accept(out, present)));
    return this;
  }

  /// A list of objects, left out when empty.
  public <T> JsonOut objects(String name, Collection<T> values, BiConsumer<JsonOut, T> write) {
    return values.isEmpty() ? this : allObjects(name, values, write);
  }

  /// A list of objects, written even when empty.
  public <T> JsonOut allObjects(String name, Collection<T> values, BiConsumer<JsonOut, T> write) {
    generator.writeName(name);
    generator.writeStartArray();
    for (T value : values) {
      generator.writeStartObject();
      write.accept(this, value);
      generator.writeEndObject();
    }
    generator.writeEndArray();
    return this;
  }

  /// A list of strings (of whatever `toString` gives), left out when empty.
  public JsonOut texts(String name, Collection<?> values) {
    if (!values.isEmpty()) {
      generator.writeName(name);
      generator.writeStartArray();
      values.forEach(value -> generator.writeString(value.toString()));
      generator.writeEndArray();
    }
    return this;
  }

  /// A list of strings, written even when empty.
  public JsonOut allTexts(String name, Collection<?> values) {
    generator.writeName(name);
    generator.writeStartArray();
    values.forEach(value -> generator.writeString(value.toString()));
    generator.writeEndArray();
    return this;
  }

  /// A list of finite numbers, written even when empty.
  public JsonOut allNumbers(String name, Collection<Double> values) {
    generator.writeName(name);
    generator.writeStartArray();
    values.forEach(value -> generator.writeNumber(value.doubleValue()));
    generator.writeEndArray();
    return this;
  }

  /// A list of finite numbers in which some are missing, written even when empty.
  public JsonOut allNumbersOrNull(String name, Collection<OptionalDouble> values) {
    generator.writeName(name);
    generator.writeStartArray();
    for (OptionalDouble value : values) {
      if (value.isPresent()) {
        generator.writeNumber(value.getAsDouble());
      } else {
        generator.writeNull();
      }
    }
    generator.writeEndArray();
    return this;
  }

  /// A list of objects in which some are missing, written even when empty.
  public <T> JsonOut allObjectsOrNull(
      String name, Collection<T> values, Predicate<T> isThere, BiConsumer<JsonOut, T> write) {
    generator.writeName(name);
    generator.writeStartArray();
    for (T value : values) {
      if (isThere.test(value)) {
        generator.writeStartObject();
        write.accept(this, value);
        generator.writeEndObject();
      } else {
        generator.writeNull();
      }
    }
    generator.writeEndArray();
    return this;
  }

  /// A list of lists of ints, written even when empty.
  public JsonOut allIntegerLists(String name, Collection<List<Integer>> values) {
    generator.writeName(name);
    generator.writeStartArray();
    for (List<Integer> list : values) {
      generator.writeStartArray();
      list.forEach(value -> generator.writeNumber(value.intValue()));
      generator.writeEndArray();
    }
    generator.writeEndArray();
    return this;
  }

  /// A list of ints, left out when empty.
  public JsonOut integers(String name, Collection<Integer> values) {
    return values.isEmpty() ? this : allIntegers(name, values);
  }

  /// A list of ints, written even when empty.
  public JsonOut allIntegers(String name, Collection<Integer> values) {
    generator.writeName(name);
    generator.writeStartArray();
    values.forEach(value -> generator.writeNumber(value.intValue()));
    generator.writeEndArray();
    return this;
  }

  /// An object of strings in the order of their names, left out when empty.
  public JsonOut textMap(String name, Map<String, String> values) {
    if (!values.isEmpty()) {
      object(name, _ -> new TreeMap<>(values).forEach(this::text));
    }
    return this;
  }
}
