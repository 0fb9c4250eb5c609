package dev.steerage.gateway.state;

import dev.steerage.gateway.event.LogRecord;
import dev.steerage.schemas.message.CodeStatistics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// The newest window of each model, site and length. Bounded. Thread-safe.
public final class LatestStatistics {
  private static final int WINDOWS = 8_192;
  private static final Comparator<CodeStatistics> ORDER =
      Comparator.comparing(CodeStatistics::site).thenComparingLong(CodeStatistics::windowMs);

  private final Map<Key, CodeStatistics> newest =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, CodeStatistics> eldest) {
          return size() > WINDOWS;
        }
      };

  private record Key(String model, String site, long windowMs) {}

  /// Hears a window.
  public synchronized void observe(LogRecord<CodeStatistics> record) {
    record
        .value()
        .ifPresent(
            window ->
                newest.merge(
                    new Key(window.model(), window.site(), window.windowMs()),
                    window,
                    (old, young) -> young.windowStartMs() >= old.windowStartMs() ? young : old));
  }

  /// The windows of a model in order of sites.
  ///
  /// @param windowMs their length; empty: the shortest there is
  public synchronized List<CodeStatistics> of(
      String model, Optional<String> site, OptionalLong windowMs) {
    long length = windowMs.orElseGet(() -> shortest(model));
    List<CodeStatistics> found = new ArrayList<>();
    for (CodeStatistics window : newest.values()) {
      if (window.model().equals(model)
          && window.windowMs() == length
          && site.map(window.site()::equals).orElse(true)) {
        found.add(window);
      }
    }
    found.sort(ORDER);
    return found;
  }

  /// The shortest length of window that the model has.
  public synchronized long shortest(String model) {
    return newest.keySet().stream()
        .filter(key -> key.model().equals(model))
        .mapToLong(Key::windowMs)
        .min()
        .orElse(0);
  }
}
