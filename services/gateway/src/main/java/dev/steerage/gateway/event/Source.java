package dev.steerage.gateway.event;

import java.util.Arrays;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;

/// One reader's place in one topic. For the reader's thread, but for [#put].
final class Source<V> {
  /// A place: whatever is the end when the reader attaches.
  static final long NOW = -1;

  /// A place in a partition that the reader does not want.
  static final long NOWHERE = -2;

  private final Tail<V> tail;
  private final Interest<V> interest;
  private final Mailbox mailbox;
  // Everything before was given to the reader, or is none of what it wants.
  private final long[] given;
  // Everything before was taken from tail or Kafka; ahead of `given` while records wait.
  private final long[] taken;
  private boolean attached;

  Source(Tail<V> tail, Interest<V> interest, Mailbox mailbox, long[] places) {
    this.tail = tail;
    this.interest = interest;
    this.mailbox = mailbox;
    this.given = places.clone();
    this.taken = places.clone();
    tail.join();
  }

  Interest<V> interest() {
    return interest;
  }

  Tail<V> tail() {
    return tail;
  }

  boolean isAttached() {
    return attached;
  }

  void put(LogRecord<V> record) {
    mailbox.put(record);
  }

  /// Takes some of what was missed; whether anything moved.
  boolean catchUp(LogReader reader, int most, Collection<LogRecord<?>> into) {
    Tail.Attempt<V> attempt = tail.attach(this, taken, most);
    fixNow();
    into.addAll(attempt.records());
    attached = attempt.isAttached();
    if (attempt.behind() >= 0) {
      readOld(reader, attempt.behind(), attempt.until(), into);
      return true;
    }
    return attached || !attempt.records().isEmpty();
  }

  /// The place that stood for the end has become an offset.
  private void fixNow() {
    for (int p = 0; p < given.length; p++) {
      if (given[p] == NOW) {
        given[p] = taken[p];
      }
    }
  }

  private void readOld(LogReader reader, int partition, long until, Collection<LogRecord<?>> into) {
    LogReader.Batch batch = reader.read(tail.topic(), partition, taken[partition], until);
    for (LogReader.Raw raw : batch.records()) {
      if (raw.offset() < until && interest.wantsKey(raw.key())) {
        var record =
            LogRecord.of(
                tail.kind(), partition, raw.offset(), raw.timeMs(), raw.key(), raw.value());
        if (interest.wants(record)) {
          into.add(record);
        }
      }
    }
    // What the ring has as well is taken from there, so that nothing comes twice.
    taken[partition] = Math.min(Math.max(batch.next(), taken[partition]), until);
  }

  /// The reader was given a record.
  void gave(LogRecord<?> record) {
    given[record.partition()] = Math.max(given[record.partition()], record.offset() + 1);
  }

  /// Leaves the tail and goes on at what was given.
  void fallBehind() {
    if (!attached) {
      return;
    }
    tail.detach(this);
    attached = false;
    System.arraycopy(given, 0, taken, 0, given.length);
  }

  void leave() {
    tail.detach(this);
    attached = false;
    tail.part();
  }

  /// The ends now, for [#settle].
  long[] ends() {
    long[] ends = new long[given.length];
    for (int p = 0; p < ends.length; p++) {
      ends[p] = tail.next(p);
    }
    return ends;
  }

  /// Nothing waits for the reader: what lies before these ends is none of what it wants.
  void settle(long[] ends) {
    for (int p = 0; p < given.length; p++) {
      if (given[p] != NOWHERE) {
        given[p] = Math.max(given[p], ends[p]);
      }
    }
  }

  EventId.Place place() {
    SortedMap<Integer, Long> next = new TreeMap<>();
    for (int p = 0; p < given.length; p++) {
      if (given[p] >= 0) {
        next.put(p, given[p]);
      }
    }
    return new EventId.Place(tail.digits(), next);
  }

  @Override
  public String toString() {
    return tail.topic() + Arrays.toString(given);
  }
}
