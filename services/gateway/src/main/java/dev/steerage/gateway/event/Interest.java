package dev.steerage.gateway.event;

import java.util.Set;
import java.util.function.Predicate;

/// Which records of a topic a reader wants.
public sealed interface Interest<V> {
  /// Whether it wants this one.
  boolean wants(LogRecord<V> record);

  /// Whether a record of this key could be wanted, before its value is read.
  boolean wantsKey(String key);

  /// Those of these keys.
  record Keys<V>(Set<String> keys) implements Interest<V> {
    public Keys {
      keys = Set.copyOf(keys);
    }

    @Override
    public boolean wants(LogRecord<V> record) {
      return keys.contains(record.key());
    }

    @Override
    public boolean wantsKey(String key) {
      return keys.contains(key);
    }
  }

  /// Those that can be read and pass a test.
  record Matching<V>(Predicate<V> test) implements Interest<V> {
    @Override
    public boolean wants(LogRecord<V> record) {
      return record.value().filter(test).isPresent();
    }

    @Override
    public boolean wantsKey(String key) {
      return true;
    }
  }
}
