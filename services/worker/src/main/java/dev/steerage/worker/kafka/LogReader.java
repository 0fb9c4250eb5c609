package dev.steerage.worker.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/// Reads bounded stretches of the log, committed records only. One thread.
public final class LogReader implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);

  private final Admin admin;
  private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;
  private final Duration deadline;

  /// @param deadline for each stretch
  public LogReader(
      Admin admin,
      org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer,
      Duration deadline) {
    this.admin = admin;
    this.consumer = consumer;
    this.deadline = deadline;
  }

  /// How many partitions a topic has; 0 if there is no such topic.
  public int partitions(String topic) {
    try {
      return admin
          .describeTopics(List.of(topic))
          .allTopicNames()
          .get()
          .get(topic)
          .partitions()
          .size();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof org.apache.kafka.common.errors.UnknownTopicOrPartitionException) {
        return 0;
      }
      throw failed(e);
    } catch (InterruptedException e) {
      throw new org.apache.kafka.common.errors.InterruptException(e);
    }
  }

  /// Every record from broker time `fromMs` to what is written now.
  ///
  /// The end is the high watermark, not the last stable offset: a transaction of somebody else that
  /// is still open must not hide committed records behind it, so this waits for it to end.
  public void since(
      Collection<TopicPartition> partitions,
      long fromMs,
      Consumer<ConsumerRecord<byte[], byte[]>> sink) {
    Map<TopicPartition, Long> ends = offsets(partitions, OffsetSpec.latest());
    Map<TopicPartition, Long> starts = offsets(partitions, OffsetSpec.forTimestamp(fromMs));
    Map<TopicPartition, Long> from = new HashMap<>();
    starts.forEach(
        (partition, offset) -> from.put(partition, offset < 0 ? ends.get(partition) : offset));
    read(from, ends, sink);
  }

  /// Every record with `from <= offset < to`.
  public void read(
      Map<TopicPartition, Long> from,
      Map<TopicPartition, Long> to,
      Consumer<ConsumerRecord<byte[], byte[]>> sink) {
    Set<TopicPartition> left =
        from.keySet().stream()
            .filter(partition -> from.get(partition) < to.get(partition))
            .collect(Collectors.toCollection(HashSet::new));
    if (left.isEmpty()) {
      return;
    }
    consumer.assign(left);
    left.forEach(partition -> consumer.seek(partition, from.get(partition)));
    long end = System.nanoTime() + deadline.toNanos();
    while (!left.isEmpty()) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        var partition = new TopicPartition(record.topic(), record.partition());
        if (record.offset() < to.get(partition)) {
          sink.accept(record);
        }
      }
      left.removeIf(partition -> consumer.position(partition) >= to.get(partition));
      if (!left.isEmpty() && System.nanoTime() > end) {
        throw new TimeoutException("log not read within " + deadline + ": partitions=" + left);
      }
    }
    consumer.assign(List.of());
  }

  /// Offsets of `spec`, uncommitted records included.
  public Map<TopicPartition, Long> offsets(Collection<TopicPartition> partitions, OffsetSpec spec) {
    Map<TopicPartition, OffsetSpec> query =
        partitions.stream().collect(Collectors.toMap(partition -> partition, _ -> spec));
    try {
      Map<TopicPartition, ListOffsetsResultInfo> found =
          admin
              .listOffsets(query, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
              .all()
              .get();
      return found.entrySet().stream()
          .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().offset()));
    } catch (ExecutionException e) {
      throw failed(e);
    } catch (InterruptedException e) {
      throw new org.apache.kafka.common.errors.InterruptException(e);
    }
  }

  static KafkaException failed(ExecutionException e) {
    return e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
  }

  @Override
  public void close() {
    consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ZERO));
  }
}
