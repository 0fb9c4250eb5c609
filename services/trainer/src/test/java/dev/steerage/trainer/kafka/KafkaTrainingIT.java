package dev.steerage.trainer.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.json.Json;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.TestBroker;
import dev.steerage.testkit.WithBroker;
import dev.steerage.trainer.TrainCommand;
import dev.steerage.trainer.TrainerException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

/// A topic as the source of text, and the topic that takes the metrics.
@WithBroker
@Timeout(120)
class KafkaTrainingIT {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir private Path folder;

  @Test
  void shouldTrainOnATopicAndReportToTheTenant(TestBroker broker) throws Exception {
    // Any topic with texts will do; this one exists.
    String texts = Topics.TRAINING.of(broker.newTenant()).name();
    for (int i = 0; i < 80; i++) {
      byte[] text = ("Story " + i + ": the fox and the hen.").getBytes(StandardCharsets.UTF_8);
      broker.send(new ProducerRecord<>(texts, null, text));
    }
    TenantId tenant = broker.newTenant();
    Path config = Files.writeString(folder.resolve("train.json"), config(texts));
    Path run = folder.resolve("run");
    StringWriter said = new StringWriter();
    int status =
        new CommandLine(new TrainCommand())
            .setOut(new PrintWriter(said))
            .execute(
                config.toString(),
                "--run",
                run.toString(),
                "--threads",
                "2",
                "--bootstrap",
                broker.bootstrap(),
                "--tenant",
                tenant.name());

    assertThat(status).as(said.toString()).isZero();
    assertThat(run.resolve("model").resolve("tokenizer.json")).exists();
    assertThat(run.resolve("data").resolve("train.txt")).content().contains("Story 0:");
    try (var reports = broker.read(Topics.TRAINING.of(tenant))) {
      var records = reports.awaitCount("reports", LONG, 2, report -> true);
      assertThat(records.getFirst().key()).isEqualTo("from-topic");
      JsonNode last = Json.parse(records.getLast().value(), 1 << 16);
      assertThat(last.get("steps").asInt()).isEqualTo(4);
      assertThat(last.get("valid-loss").asDouble()).isPositive();
    }
  }

  @Test
  void shouldSayThatATopicIsNotThere(TestBroker broker) {
    var reader = new KafkaTopicReader(Map.of("bootstrap.servers", broker.bootstrap()));

    assertThatThrownBy(
            () -> reader.copy("no-such-topic", 10, folder.resolve("t"), folder.resolve("v")))
        .isInstanceOf(TrainerException.class)
        .hasMessageContaining("no-such-topic");
  }

  @Test
  void shouldRefuseATopicOfTooFewTextsAndOneThatHoldsSomethingElse(TestBroker broker) {
    var reader = new KafkaTopicReader(Map.of("bootstrap.servers", broker.bootstrap()));
    String topic = Topics.TRAINING.of(broker.newTenant()).name();
    Path train = folder.resolve("few").resolve("t");
    Path valid = folder.resolve("few").resolve("v");

    assertThatThrownBy(() -> reader.copy(topic, 10, train, valid))
        .isInstanceOf(TrainerException.class)
        .hasMessageContaining(topic)
        .hasMessageContaining("too few records");
    broker.send(new ProducerRecord<>(topic, null, new byte[] {'a', (byte) 0xff, 'b'}));
    assertThatThrownBy(() -> reader.copy(topic, 10, train, valid))
        .isInstanceOf(TrainerException.class)
        .hasMessageContaining("offset=0 is no UTF-8 text");
    assertThat(train).doesNotExist();
    assertThat(valid).doesNotExist();
  }

  private static String config(String topic) {
    return """
    {"name": "from-topic", "seed": 1, "length": 12,
     "data": {"kind": "topic", "topic": "%s"},
     "base": {"model_type": "gpt_neox", "vocab_size": 270, "max_position_embeddings": 16,
       "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2,
       "intermediate_size": 16, "bos_token_id": 0, "eos_token_id": 0, "rotary_pct": 0.5},
     "stages": [{"steps": 4, "batch-sequences": 4}],
     "evaluate-every-steps": 2, "valid-sequences": 2}
    """
        .formatted(topic);
  }
}
