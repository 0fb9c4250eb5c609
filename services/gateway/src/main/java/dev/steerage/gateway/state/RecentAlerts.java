package dev.steerage.gateway.state;

import dev.steerage.gateway.event.LogRecord;
import dev.steerage.schemas.message.Alert;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// The last alerts of a tenant. Bounded. Thread-safe.
public final class RecentAlerts {
  private static final int LIMIT = 1_000;

  private final Deque<Alert> newestFirst = new ArrayDeque<>();

  /// Hears an alert.
  public synchronized void observe(LogRecord<Alert> record) {
    record
        .value()
        .ifPresent(
            alert -> {
              newestFirst.addFirst(alert);
              if (newestFirst.size() > LIMIT) {
                newestFirst.removeLast();
              }
            });
  }

  public synchronized List<Alert> newest(int most) {
    return newestFirst.stream().limit(most).toList();
  }
}
