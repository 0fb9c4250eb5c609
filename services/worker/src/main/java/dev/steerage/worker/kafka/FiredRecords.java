package dev.steerage.worker.kafka;

import dev.steerage.schemas.sbe.ActivationsEncoder;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.worker.generation.ServedModel;
import dev.steerage.worker.tick.FrameCodec;
import dev.steerage.worker.tick.RequestOrigin;
import dev.steerage.worker.tick.TickEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;

/// Raw activations of one tick: one record for each captured request, split where it grows large.
/// Commit thread only.
final class FiredRecords {
  private final ServedModel model;
  private final ActivationsEncoder encoder = new ActivationsEncoder();
  private final Map<String, List<TickEvent.Fired>> byRequest = new LinkedHashMap<>();
  private long tickMs;

  FiredRecords(ServedModel model) {
    this.model = model;
  }

  void begin(long newTickMs) {
    tickMs = newTickMs;
    byRequest.clear();
  }

  void add(TickEvent.Fired fired) {
    if (fired.captured().length > 0) {
      byRequest.computeIfAbsent(fired.origin().key(), _ -> new ArrayList<>()).add(fired);
    }
  }

  List<ProducerRecord<byte[], byte[]>> end() {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (List<TickEvent.Fired> frames : byRequest.values()) {
      RequestOrigin origin = frames.getFirst().origin();
      FrameCodec codec = new FrameCodec(model.shape(), model.engine().hash(), frames.getFirst());
      codec.encode(
          encoder,
          frames,
          tickMs,
          _ ->
              records.add(
                  TickRecords.record(
                      Topics.ACTIVATIONS.of(origin.tenant()),
                      origin.request(),
                      encoder.toBytes(),
                      TickRecords.headers(origin))));
    }
    return records;
  }
}
