package dev.steerage.worker.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;

/// Which work partitions are ours, and as which member: published by the poll thread, read by the
/// commit thread. Thread-safe.
final class Ownership {
  private ConsumerGroupMetadata member;
  private Map<Integer, Long> assignments = Map.of();
  private long version;

  /// A moment of it.
  ///
  /// @param assignments our partitions; each with a number that no earlier assignment had
  record View(ConsumerGroupMetadata member, Map<Integer, Long> assignments, long version) {
    Set<Integer> partitions() {
      return assignments.keySet();
    }
  }

  synchronized void member(ConsumerGroupMetadata now) {
    if (member == null
        || member.generationId() != now.generationId()
        || !member.memberId().equals(now.memberId())) {
      member = now;
      changed();
    }
  }

  synchronized void add(Set<Integer> more) {
    changed();
    var all = new HashMap<>(assignments);
    more.forEach(partition -> all.put(partition, version));
    assignments = Map.copyOf(all);
  }

  synchronized void remove(Set<Integer> gone) {
    changed();
    var all = new HashMap<>(assignments);
    all.keySet().removeAll(gone);
    assignments = Map.copyOf(all);
  }

  synchronized View view() {
    return new View(member, assignments, version);
  }

  /// Waits until something changed after `seen`, or the time is over.
  synchronized View awaitChange(View seen, long timeoutMs) throws InterruptedException {
    long end = System.nanoTime() + timeoutMs * 1_000_000;
    while (version == seen.version()) {
      long leftMs = (end - System.nanoTime()) / 1_000_000;
      if (leftMs <= 0) {
        break;
      }
      wait(leftMs);
    }
    return view();
  }

  private void changed() {
    version++;
    notifyAll();
  }
}
