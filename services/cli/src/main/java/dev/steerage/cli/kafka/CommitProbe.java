package dev.steerage.cli.kafka;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// The floor under every latency of the event log: one small record, committed, by a transactional
/// producer that does nothing else. Uses a topic of its own and deletes it.
public final class CommitProbe {
  private static final int RECORD_BYTES = 200;

  private CommitProbe() {}

  /// Milliseconds from begin to the end of commit, one value per transaction.
  public static double[] milliseconds(String bootstrap, int warmUp, int count) {
    String name = "steerage-internal.bench-" + UUID.randomUUID();
    Map<String, Object> client = Map.of("bootstrap.servers", bootstrap);
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            bootstrap,
            "linger.ms",
            0,
            "retry.backoff.ms",
            2,
            "transactional.id",
            name);
    try (Admin admin = Admin.create(client)) {
      admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all().get();
      try (var producer =
          new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
        return measure(producer, name, warmUp, count);
      } finally {
        admin.deleteTopics(List.of(name)).all().get();
      }
    } catch (ExecutionException e) {
      throw new CliException(
          ExitCode.UNREACHABLE, "topic=" + name + ": " + e.getCause().getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliException(ExitCode.TIMEOUT, "interrupted: what=commit probe", e);
    }
  }

  private static double[] measure(
      KafkaProducer<byte[], byte[]> producer, String topic, int warmUp, int count) {
    double[] result = new double[count];
    producer.initTransactions();
    for (int i = -warmUp; i < count; i++) {
      long start = System.nanoTime();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(topic, new byte[RECORD_BYTES]));
      producer.commitTransaction();
      if (i >= 0) {
        result[i] = (System.nanoTime() - start) / 1e6;
      }
    }
    return result;
  }
}
