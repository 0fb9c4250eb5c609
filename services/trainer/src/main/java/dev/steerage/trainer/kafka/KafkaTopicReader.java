package dev.steerage.trainer.kafka;

import dev.steerage.trainer.TrainerException;
import dev.steerage.trainer.data.Documents;
import dev.steerage.trainer.run.TopicReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Reads a topic from its beginning to where it ended when reading began.
public final class KafkaTopicReader implements TopicReader {
  private static final String SEPARATOR = "\n<|endoftext|>\n";
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration STALL = Duration.ofSeconds(60);
  private static final int VALID_ONE_IN = 20;

  private final Map<String, Object> clients;

  /// @param clients settings of Kafka clients, brokers included
  public KafkaTopicReader(Map<String, Object> clients) {
    this.clients = new HashMap<>(clients);
  }

  @Override
  public void copy(String topic, int most, Path train, Path valid) {
    Map<String, Object> settings = new HashMap<>(clients);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic, STALL).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      if (partitions.isEmpty()) {
        throw new TrainerException("data: topic=" + topic + " does not exist");
      }
      Files.createDirectories(train.getParent());
      Path trainPartial = train.resolveSibling("train.txt.partial");
      Path validPartial = valid.resolveSibling("valid.txt.partial");
      try (BufferedWriter trainOut = Files.newBufferedWriter(trainPartial);
          BufferedWriter validOut = Files.newBufferedWriter(validPartial)) {
        copy(consumer, topic, partitions, most, trainOut, validOut);
      }
      // Not kept: a topic that gets more records can be tried again.
      if (Files.size(trainPartial) == 0 || Files.size(validPartial) == 0) {
        throw new TrainerException(
            "data: topic=%s has too few records: one in %d of a partition is held out"
                .formatted(topic, VALID_ONE_IN));
      }
      Files.move(trainPartial, train, StandardCopyOption.ATOMIC_MOVE);
      Files.move(validPartial, valid, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new TrainerException("data: topic=" + topic + " could not be copied: " + e, e);
    }
  }

  /// One partition after the other, so that the files do not depend on what comes first.
  private static void copy(
      KafkaConsumer<byte[], byte[]> consumer,
      String topic,
      List<TopicPartition> partitions,
      int most,
      BufferedWriter train,
      BufferedWriter valid)
      throws IOException {
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    long taken = 0;
    for (TopicPartition partition : partitions) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long deadline = System.nanoTime() + STALL.toNanos();
      while (consumer.position(partition) < ends.get(partition)) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          deadline = System.nanoTime() + STALL.toNanos();
          if (record.value() == null || record.offset() >= ends.get(partition)) {
            continue;
          }
          if (++taken > most) {
            throw new TrainerException("data: topic=" + topic + ", records over limit=" + most);
          }
          (record.offset() % VALID_ONE_IN == VALID_ONE_IN - 1 ? valid : train)
              .append(
                  Documents.text(
                      "topic=%s, partition=%d, offset=%d"
                          .formatted(topic, record.partition(), record.offset()),
                      record.value()))
              .append(SEPARATOR);
        }
        if (System.nanoTime() > deadline) {
          throw new TrainerException(
              "data: topic=%s, partition=%d: nothing came for %d s"
                  .formatted(topic, partition.partition(), STALL.toSeconds()));
        }
      }
    }
  }
}
