package dev.steerage.statistics;

import dev.steerage.schemas.sbe.HistogramDecoder;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.TopicReader;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// The oracle over a broker: reads the whole input again and counts it by the broker's time.
final class InputRecount {
  private InputRecount() {}

  static Recount of(String bootstrap, List<Long> sizesMs, String tenant) {
    Recount recount = new Recount(sizesMs);
    HistogramDecoder decoder = new HistogramDecoder();
    try (var reader = TopicReader.raw(bootstrap, Topics.HISTOGRAMS.name(), true)) {
      for (ConsumerRecord<byte[], byte[]> record : reader.toEnd()) {
        // Clock records are empty, and what is corrupt is not counted.
        if (record.value() != null
            && record.value().length > 0
            && decoder.wrap(record.value()).isEmpty()
            && decoder.tenant().equals(tenant)) {
          recount.add(decoder, record.timestamp());
        }
      }
    }
    return recount;
  }
}
