package dev.steerage.gateway.event;

import dev.steerage.gateway.GatewayMetrics;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// The newest records of one topic of one tenant, read once for all readers.
///
/// Readers that are attached get each new record they want; those behind take older ones from the
/// ring here, or from Kafka below it. Written by the tail thread; readers attach and leave from
/// theirs.
public final class Tail<V> {
  private final Kind<V> kind;
  private final String topic;
  private final String digits;
  private final int maxBytes;
  private final GatewayMetrics metrics;
  private final List<Consumer<LogRecord<V>>> listeners = new CopyOnWriteArrayList<>();

  private final Deque<LogRecord<V>> ring = new ArrayDeque<>();
  // The ring holds everything from `first` up to before `next`, by partition.
  private final long[] first;
  private final long[] next;
  private final long[] past;
  private long ringBytes;
  private boolean active;
  private volatile boolean ended;
  private final Map<String, Set<Source<V>>> byKey = new HashMap<>();
  private final Set<Source<V>> others = new LinkedHashSet<>();
  private final AtomicInteger readers = new AtomicInteger();
  private volatile Runnable wake = () -> {};

  /// @param topicId of Kafka, so that a topic made anew has other event ids
  public Tail(
      Kind<V> kind,
      String topic,
      String topicId,
      int partitions,
      int maxBytes,
      GatewayMetrics metrics) {
    this.kind = kind;
    this.topic = topic;
    this.digits = String.format("%04x", topicId.hashCode() & 0xFFFF);
    this.maxBytes = maxBytes;
    this.metrics = metrics;
    first = new long[partitions];
    next = new long[partitions];
    past = new long[partitions];
  }

  public Kind<V> kind() {
    return kind;
  }

  /// The topic's name.
  public String topic() {
    return topic;
  }

  public int partitions() {
    return next.length;
  }

  /// Digits of the topic id, for event ids.
  public String digits() {
    return digits;
  }

  /// Hears of every record, on the tail thread, before any reader does.
  public void listen(Consumer<LogRecord<V>> listener) {
    listeners.add(listener);
  }

  /// Reading begins at these offsets; up to `ends` it is about what was before.
  public synchronized void begin(long[] positions, long[] ends) {
    System.arraycopy(ends, 0, past, 0, past.length);
    System.arraycopy(positions, 0, first, 0, first.length);
    System.arraycopy(positions, 0, next, 0, next.length);
    metrics.ringBytes(kind.word(), -ringBytes);
    ring.clear();
    ringBytes = 0;
    active = true;
    notifyAll();
  }

  /// Waits until what was there at the beginning has been read.
  public synchronized boolean awaitPast(long limitMs) throws InterruptedException {
    long end = System.nanoTime() + limitMs * 1_000_000;
    while (!hasPast() && !ended) {
      long leftMs = (end - System.nanoTime()) / 1_000_000;
      if (leftMs <= 0) {
        return false;
      }
      wait(leftMs);
    }
    return !ended;
  }

  private boolean hasPast() {
    for (int p = 0; p < next.length; p++) {
      if (next[p] < past[p]) {
        return false;
      }
    }
    return active;
  }

  /// It is no longer read, unless a reader came meanwhile.
  public synchronized void pause() {
    active = readers.get() > 0 && !ended;
  }

  /// The topic was deleted: nothing is kept, and nothing comes any more.
  public synchronized void end() {
    ended = true;
    active = false;
    metrics.ringBytes(kind.word(), -ringBytes);
    ring.clear();
    ringBytes = 0;
    notifyAll();
  }

  boolean isEnded() {
    return ended;
  }

  /// Whether it is read at the moment.
  public synchronized boolean isActive() {
    return active;
  }

  /// Whether it should be read: the flood only while it has a reader.
  public boolean isWanted() {
    return !ended && (kind != Kind.ACTIVATIONS || readers.get() > 0);
  }

  /// Called when the first reader comes.
  public void onWanted(Runnable newWake) {
    wake = newWake;
  }

  void join() {
    if (readers.getAndIncrement() == 0) {
      wake.run();
    }
  }

  void part() {
    readers.decrementAndGet();
  }

  /// Takes the next record.
  public void accept(int partition, long offset, long timeMs, String key, byte[] bytes) {
    var record = LogRecord.of(kind, partition, offset, timeMs, key, bytes);
    if (record.value().isEmpty()) {
      metrics.unreadable(kind.word());
    }
    listeners.forEach(listener -> listener.accept(record));
    synchronized (this) {
      next[partition] = offset + 1;
      keep(record);
      byKey.getOrDefault(key, Set.of()).forEach(source -> source.put(record));
      for (Source<V> source : others) {
        if (source.interest().wants(record)) {
          source.put(record);
        }
      }
    }
  }

  /// The partition was read up to here: there may be no record at the offsets before.
  public synchronized void advance(int partition, long position) {
    next[partition] = Math.max(next[partition], position);
    if (next[partition] >= past[partition]) {
      notifyAll();
    }
  }

  private void keep(LogRecord<V> record) {
    ring.add(record);
    ringBytes += record.weight();
    metrics.ringBytes(kind.word(), record.weight());
    while (ringBytes > maxBytes) {
      LogRecord<V> oldest = ring.remove();
      first[oldest.partition()] = oldest.offset() + 1;
      ringBytes -= oldest.weight();
      metrics.ringBytes(kind.word(), -oldest.weight());
    }
  }

  /// The offset that the next record of a partition will have, or a later one.
  public synchronized long next(int partition) {
    return next[partition];
  }

  /// Whether everything from an offset on is in memory.
  public synchronized boolean holds(int partition, long offset) {
    return active && offset >= first[partition];
  }

  /// What became of an attempt to attach.
  ///
  /// @param isAttached whether every further record comes by itself
  /// @param records what the reader missed, as far as it is here
  /// @param behind partition that must be read from Kafka first; -1: none
  /// @param until the offset up to which
  record Attempt<V>(boolean isAttached, List<LogRecord<V>> records, int behind, long until) {}

  /// Attaches a reader whose place is in the ring, or says what it must read before.
  ///
  /// @param places next offset by partition, changed to where the answer leads; [Source#NOW] is
  ///   replaced by the end, [Source#NOWHERE] partitions are not looked at
  synchronized Attempt<V> attach(Source<V> source, long[] places, int most) {
    if (!active) {
      return new Attempt<>(false, List.of(), -1, 0);
    }
    for (int p = 0; p < places.length; p++) {
      if (places[p] == Source.NOW) {
        places[p] = next[p];
      }
      if (places[p] != Source.NOWHERE && places[p] < first[p]) {
        return new Attempt<>(false, List.of(), p, first[p]);
      }
    }
    List<LogRecord<V>> missed = new ArrayList<>();
    long[] reached = places.clone();
    boolean all = true;
    for (LogRecord<V> record : ring) {
      long place = places[record.partition()];
      if (place != Source.NOWHERE && record.offset() >= place && source.interest().wants(record)) {
        if (missed.size() == most) {
          all = false;
          break;
        }
        missed.add(record);
      }
      reached[record.partition()] = Math.max(reached[record.partition()], record.offset() + 1);
    }
    if (all) {
      register(source);
      reached = next;
    }
    for (int p = 0; p < places.length; p++) {
      if (places[p] != Source.NOWHERE) {
        places[p] = Math.max(places[p], reached[p]);
      }
    }
    return new Attempt<>(all, missed, -1, 0);
  }

  private void register(Source<V> source) {
    switch (source.interest()) {
      case Interest.Keys<V> keys ->
          keys.keys()
              .forEach(key -> byKey.computeIfAbsent(key, _ -> new LinkedHashSet<>()).add(source));
      case Interest.Matching<V> _ -> others.add(source);
    }
  }

  synchronized void detach(Source<V> source) {
    others.remove(source);
    if (source.interest() instanceof Interest.Keys<V> keys) {
      for (String key : keys.keys()) {
        // One that never caught up was never registered.
        byKey.computeIfPresent(
            key,
            (_, sources) -> {
              sources.remove(source);
              return sources.isEmpty() ? null : sources;
            });
      }
    }
  }
}
