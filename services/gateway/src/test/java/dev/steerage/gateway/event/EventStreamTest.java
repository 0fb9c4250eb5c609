package dev.steerage.gateway.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.gateway.GatewayMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// A reader sees each record once and in order, wherever it begins and however slow it is.
class EventStreamTest {
  private static final int MAILBOX = 4;
  private static final Duration AT_ONCE = Duration.ofMillis(1);

  private final GatewayMetrics metrics = new GatewayMetrics(new PrometheusRegistry());
  private final Log log = new Log();

  /// One partition in memory; every third offset is taken by a marker, as transactions do.
  private static final class Log implements LogReader {
    private final List<Raw> records = new ArrayList<>();
    private long end;
    private int reads;

    Raw append(String key) {
      if (end % 3 == 2) {
        end++;
      }
      var record = new Raw(end++, 0, key, new byte[100]);
      records.add(record);
      return record;
    }

    @Override
    public Batch read(String topic, int partition, long from, long until) {
      reads++;
      List<Raw> some = records.stream().filter(record -> record.offset() >= from).limit(3).toList();
      return new Batch(some, some.isEmpty() ? until : some.getLast().offset() + 1);
    }

    @Override
    public long first(String topic, int partition) {
      return 0;
    }

    @Override
    public long end(String topic, int partition) {
      return end;
    }

    @Override
    public OptionalLong at(String topic, int partition, long timeMs) {
      return OptionalLong.of(0);
    }
  }

  private Tail<byte[]> tail(int ringRecords) {
    // A record of 100 bytes weighs 400.
    var tail = new Tail<>(Kind.ACTIVATIONS, "t", "id", 1, ringRecords * 400, metrics);
    tail.begin(new long[] {log.end}, new long[] {log.end});
    return tail;
  }

  private long append(Tail<byte[]> tail, String key) {
    LogReader.Raw record = log.append(key);
    tail.accept(0, record.offset(), 0, key, record.value());
    return record.offset();
  }

  private EventStream stream() {
    return new EventStream(log, metrics, MAILBOX);
  }

  private static List<Long> drain(EventStream stream) throws InterruptedException {
    List<Long> offsets = new ArrayList<>();
    for (Optional<LogRecord<?>> next = stream.next(AT_ONCE);
        next.isPresent();
        next = stream.next(AT_ONCE)) {
      offsets.add(next.get().offset());
    }
    return offsets;
  }

  private static EventId.Place at(Tail<?> tail, long offset) {
    return new EventId.Place(tail.digits(), new TreeMap<>(Map.of(0, offset)));
  }

  private static Interest<byte[]> keys(String... keys) {
    return new Interest.Keys<>(Set.of(keys));
  }

  @Test
  void shouldGiveNewRecordsOfItsKeysOnly() throws InterruptedException {
    Tail<byte[]> tail = tail(10);
    try (var stream = stream().follow(tail, keys("mine"))) {
      assertThat(drain(stream)).isEmpty();
      long first = append(tail, "mine");
      append(tail, "other");
      long second = append(tail, "mine");

      assertThat(drain(stream)).containsExactly(first, second);
    }
  }

  @Test
  void shouldGoOnAfterAnIdFromMemoryOrLog() throws InterruptedException {
    List<Long> before = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      before.add(log.append("mine").offset());
    }
    Tail<byte[]> tail = tail(3);
    for (int i = 0; i < 10; i++) {
      before.add(append(tail, "mine"));
    }
    for (int from = 0; from < before.size(); from++) {
      try (var stream = stream().follow(tail, keys("mine"), at(tail, before.get(from)))) {
        assertThat(drain(stream)).isEqualTo(before.subList(from, before.size()));
      }
    }
  }

  @Test
  void shouldLoseNothingWhenTheReaderIsSlow() throws InterruptedException {
    Tail<byte[]> tail = tail(3);
    List<Long> all = new ArrayList<>();
    try (var stream = stream().follow(tail, keys("mine"))) {
      assertThat(drain(stream)).isEmpty();
      for (int i = 0; i < 50; i++) {
        all.add(append(tail, "mine"));
      }

      assertThat(drain(stream)).isEqualTo(all);
      assertThat(log.reads).as("reads of old records").isPositive();
    }
  }

  @Test
  void shouldNameThePlaceAfterTheRecordItGave() throws InterruptedException {
    Tail<byte[]> tail = tail(10);
    List<Long> all = new ArrayList<>();
    String id;
    try (var stream = stream().follow(tail, keys("mine"))) {
      assertThat(drain(stream)).isEmpty();
      for (int i = 0; i < 4; i++) {
        all.add(append(tail, "mine"));
      }
      stream.next(AT_ONCE);
      stream.next(AT_ONCE);
      id = stream.id().toString();
    }
    EventId.Place place = EventId.parse(id).orElseThrow().places().get('a');
    try (var stream = stream().follow(tail, keys("mine"), place)) {
      assertThat(drain(stream)).isEqualTo(all.subList(2, 4));
    }
  }

  @Test
  void shouldMoveThePlaceOfAReaderWhoWantsNothing() throws InterruptedException {
    Tail<byte[]> tail = tail(10);
    try (var stream = stream().follow(tail, keys("mine"))) {
      assertThat(drain(stream)).isEmpty();
      long last = 0;
      for (int i = 0; i < 8; i++) {
        last = append(tail, "other");
      }
      assertThat(drain(stream)).isEmpty();

      assertThat(stream.id().places().get('a').next()).containsEntry(0, last + 1);
    }
  }

  @Test
  void shouldNotBeginBeforeItIsRead() throws InterruptedException {
    var tail = new Tail<>(Kind.ACTIVATIONS, "t", "id", 1, 4_000, metrics);
    try (var stream = stream().follow(tail, keys("mine"))) {
      assertThat(stream.awaitAttached(AT_ONCE)).isFalse();
      tail.begin(new long[] {0}, new long[] {0});

      assertThat(stream.awaitAttached(Duration.ofSeconds(5))).isTrue();
    }
  }
}
