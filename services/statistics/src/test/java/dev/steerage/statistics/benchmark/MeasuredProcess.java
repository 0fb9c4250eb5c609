package dev.steerage.statistics.benchmark;

import dev.steerage.domain.statistics.CodeDistribution;
import dev.steerage.statistics.StatisticsConfig;
import dev.steerage.statistics.StatisticsService;
import dev.steerage.statistics.kafka.StreamsSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.QueryableStoreTypes;

/// The process whose CPU time is measured: one topology and nothing else.
///
/// Arguments: kind (`blocks` or `plain`), bootstrap, state folder, application id, shape, expected
/// activations. Prints `measured: {…}`, and for `plain` one `counts:` line for each site and
/// window.
final class MeasuredProcess {
  private MeasuredProcess() {}

  public static void main(String[] args) {
    StatisticsConfig config =
        StatisticsConfig.of(args[1], Path.of(args[2])).withApplicationId(args[3]);
    long expected = Long.parseLong(args[5]);
    switch (args[0]) {
      case "blocks" -> blocks(config, expected);
      case "plain" -> plain(config, Shape.valueOf(args[4]), expected);
      default -> throw new IllegalArgumentException("kind: " + args[0]);
    }
  }

  private static void blocks(StatisticsConfig config, long expected) {
    try (var service = StatisticsService.start(config)) {
      var metrics = service.metrics();
      System.out.println("ready:");
      System.out.println(
          "measured: "
              + new Measurement(metrics::activations, metrics::changelogBytes).until(expected));
      // Until the windows are closed and written: whoever started this ends it.
      java.util.concurrent.locks.LockSupport.parkNanos(Duration.ofMinutes(2).toNanos());
    }
  }

  private static void plain(StatisticsConfig config, Shape shape, long expected) {
    LongAdder activations = new LongAdder();
    Duration window = Duration.ofMillis(config.windows().paneMs());
    Duration grace = Duration.ofMillis(config.windows().graceMs());
    Properties properties = StreamsSettings.of(config, 0);
    // As much memory for its cache as the blocks may use.
    properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, config.stateBytesMax());
    properties.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 1_000);
    properties.put(StreamsConfig.MAIN_CONSUMER_PREFIX + "max.poll.records", 1_000);
    properties.put("auto.offset.reset", "earliest");
    try (var streams =
        new KafkaStreams(PlainTopology.build(window, grace, activations), properties)) {
      streams.start();
      System.out.println("measured: " + new Measurement(activations::sum, () -> 0).until(expected));
      print(streams, shape);
    }
  }

  private static void print(KafkaStreams streams, Shape shape) {
    Map<String, int[]> counts = new TreeMap<>();
    var store =
        streams.store(
            StoreQueryParameters.fromNameAndType(
                PlainTopology.STORE, QueryableStoreTypes.<Bytes, Long>windowStore()));
    try (KeyValueIterator<Windowed<Bytes>, Long> all = store.all()) {
      while (all.hasNext()) {
        KeyValue<Windowed<Bytes>, Long> each = all.next();
        int site = PlainTopology.site(each.key.key());
        String name = shape.sites().get(site).site() + " " + each.key.window().start();
        int[] codes = counts.computeIfAbsent(name, _ -> new int[shape.sites().get(site).codes()]);
        codes[PlainTopology.code(each.key.key())] += Math.toIntExact(each.value);
      }
    }
    counts.forEach((name, codes) -> System.out.println("counts: " + name + " " + summary(codes)));
    System.out.println("counts: end");
  }

  /// Total, distinct codes and the bits of the entropy: a count that differs changes one of them.
  private static String summary(int[] codes) {
    return CodeDistribution.total(codes)
        + " "
        + CodeDistribution.distinct(codes)
        + " "
        + Double.toHexString(CodeDistribution.entropyNats(codes));
  }
}
