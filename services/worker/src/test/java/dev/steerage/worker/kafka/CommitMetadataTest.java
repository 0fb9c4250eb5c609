package dev.steerage.worker.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.schemas.topic.CommitMetadata;
import dev.steerage.testkit.ForAll;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class CommitMetadataTest {
  @Test
  void shouldComeBackAsItWas() {
    ForAll.cases(200)
        .check(
            random -> {
              long low = random.nextLong(1L << 40);
              var unfinished = new TreeSet<Long>();
              int count = random.nextInt(300);
              for (int i = 0; i < count; i++) {
                unfinished.add(low + random.nextInt(5_000));
              }
              var metadata = new CommitMetadata(low + 5_000, List.copyOf(unfinished));

              var back = CommitMetadata.decode(metadata.lowWatermark(), metadata.encode());

              assertThat(back).isEqualTo(metadata);
            });
  }

  @Test
  void shouldFitTheBrokersLimitWithAFullQueueAndBatch() {
    var unfinished = new TreeSet<Long>();
    for (int i = 0; i < 1_200; i++) {
      unfinished.add(1_000_000L + 50L * i);
    }

    String text = new CommitMetadata(2_000_000, List.copyOf(unfinished)).encode();

    assertThat(text.length()).isLessThan(CommitMetadata.BYTES_MAX);
  }

  @Test
  void shouldKnowNothingBeyondTheOffsetOfACommitByAnotherProgram() {
    assertThat(CommitMetadata.decode(7, "")).isEqualTo(new CommitMetadata(7, List.of()));
    assertThat(CommitMetadata.decode(7, "note to self"))
        .isEqualTo(new CommitMetadata(7, List.of()));
  }
}
