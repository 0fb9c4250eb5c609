package dev.steerage.worker.kafka;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes one tick in one transaction, and says how that ended.
final class TickTransaction {
  private static final Logger LOG = LoggerFactory.getLogger(TickTransaction.class);
  private static final int COMMIT_ATTEMPTS = 3;

  private TickTransaction() {}

  /// How a transaction ended.
  enum Outcome {
    COMMITTED,
    /// Certainly nothing was written; the producer can be used again.
    ABORTED,
    /// Nobody knows, or the producer is of no use any more: what is true stands in the log.
    LOST
  }

  /// `member` fences a worker that lost its partitions: its offset commit is refused, and with it
  /// the whole transaction.
  ///
  /// @param blamed is given the topic that refuses records, where the abort is its fault
  static Outcome write(
      Producer<byte[], byte[]> producer,
      List<ProducerRecord<byte[], byte[]>> records,
      Map<TopicPartition, OffsetAndMetadata> offsets,
      ConsumerGroupMetadata member,
      Consumer<String> blamed) {
    try {
      producer.beginTransaction();
      var refused = new AtomicBoolean();
      for (ProducerRecord<byte[], byte[]> record : records) {
        producer.send(
            record,
            (_, error) -> {
              if (error != null && isFaultOfTopic(error)) {
                blamed.accept(record.topic());
                refused.set(true);
              }
            });
        if (refused.get()) {
          // Every further topic that is gone would be waited for as long again.
          break;
        }
      }
      producer.sendOffsetsToTransaction(offsets, member);
      commit(producer);
      return Outcome.COMMITTED;
    } catch (CommitUnknown e) {
      LOG.atWarn().setCause(e).log("commit without an answer");
      return Outcome.LOST;
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException | IllegalStateException e) {
      return abort(producer, e);
    }
  }

  private static boolean isFaultOfTopic(Exception error) {
    return switch (error) {
      case UnknownTopicOrPartitionException _,
          InvalidTopicException _,
          TopicAuthorizationException _,
          RecordTooLargeException _,
          RecordBatchTooLargeException _ ->
          true;
      // The client's words for a topic that it waited for in vain.
      case TimeoutException timeout ->
          timeout.getMessage() != null && timeout.getMessage().contains("not present in metadata");
      default -> false;
    };
  }

  private static void commit(Producer<byte[], byte[]> producer) {
    for (int attempt = 1; ; attempt++) {
      try {
        producer.commitTransaction();
        return;
      } catch (TimeoutException e) {
        // The broker may or may not have it; asking again is safe and tells.
        if (attempt == COMMIT_ATTEMPTS) {
          throw new CommitUnknown(e);
        }
      }
    }
  }

  private static Outcome abort(Producer<byte[], byte[]> producer, RuntimeException cause) {
    LOG.atInfo().addKeyValue("cause", cause.toString()).log("tick not committed");
    try {
      producer.abortTransaction();
      return Outcome.ABORTED;
    } catch (KafkaException | IllegalStateException e) {
      LOG.atWarn().addKeyValue("cause", e.toString()).log("transaction lost");
      return Outcome.LOST;
    }
  }

  /// The commit was sent and never answered.
  private static final class CommitUnknown extends RuntimeException {
    CommitUnknown(Throwable cause) {
      super(cause);
    }
  }
}
