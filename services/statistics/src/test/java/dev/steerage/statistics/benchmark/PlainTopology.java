package dev.steerage.statistics.benchmark;

import dev.steerage.schemas.sbe.HistogramDecoder;
import dev.steerage.schemas.topic.Topics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.WindowStore;

/// What one would write first: one record for each (site, code) of a histogram, grouped and summed.
///
/// It is spared what can be spared: the key is six bytes, counts of a histogram stay together,
/// there is one window size, no statistics and no output.
final class PlainTopology {
  static final String STORE = "plain-counts";

  private static final int KEY_BYTES = 6;

  private PlainTopology() {}

  /// @param activations takes every count when it reaches the store
  static Topology build(Duration window, Duration grace, LongAdder activations) {
    StreamsBuilder builder = new StreamsBuilder();
    builder.stream(Topics.HISTOGRAMS.name(), Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
        .flatMap((_, value) -> split(value), Named.as("split"))
        .groupByKey(Grouped.with("plain", Serdes.Bytes(), Serdes.Integer()))
        .windowedBy(TimeWindows.ofSizeAndGrace(window, grace))
        .aggregate(
            () -> 0L,
            (_, count, sum) -> {
              activations.add(count);
              return sum + count;
            },
            Materialized.<Bytes, Long, WindowStore<Bytes, byte[]>>as(STORE)
                .withKeySerde(Serdes.Bytes())
                .withValueSerde(Serdes.Long())
                .withCachingEnabled());
    return builder.build();
  }

  private static List<KeyValue<Bytes, Integer>> split(byte[] value) {
    HistogramDecoder decoder = new HistogramDecoder();
    List<KeyValue<Bytes, Integer>> records = new ArrayList<>();
    if (value == null || value.length == 0 || decoder.wrap(value).isPresent()) {
      return records;
    }
    for (int site = 0; site < decoder.sites(); site++) {
      for (int i = 0; i < decoder.entries(site); i++) {
        byte[] key =
            ByteBuffer.allocate(KEY_BYTES)
                .putShort((short) decoder.siteIndex(site))
                .putInt(decoder.code(site, i))
                .array();
        records.add(KeyValue.pair(Bytes.wrap(key), (int) decoder.count(site, i)));
      }
    }
    return records;
  }

  static int site(Bytes key) {
    return ByteBuffer.wrap(key.get()).getShort() & 0xFFFF;
  }

  static int code(Bytes key) {
    return ByteBuffer.wrap(key.get()).getInt(Short.BYTES);
  }
}
