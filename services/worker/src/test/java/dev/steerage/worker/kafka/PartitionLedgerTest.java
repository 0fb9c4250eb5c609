package dev.steerage.worker.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.schemas.topic.CommitMetadata;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartitionLedgerTest {
  private final PartitionLedger ledger = new PartitionLedger();

  @Test
  void shouldKeepTheWatermarkAtTheOldestUnfinishedRecord() {
    ledger.adopt(0, 1, new CommitMetadata(10, List.of()));
    ledger.take(0, 10);
    ledger.take(0, 11);
    ledger.take(0, 13);

    ledger.finish(0, 11);

    assertThat(ledger.metadata(0)).isEqualTo(new CommitMetadata(14, List.of(10L, 13L)));
    assertThat(ledger.metadata(0).lowWatermark()).isEqualTo(10);
  }

  @Test
  void shouldMoveTheWatermarkPastEverythingThatIsFinished() {
    ledger.adopt(0, 1, new CommitMetadata(10, List.of(4L, 7L)));
    ledger.take(0, 10);

    ledger.finish(0, 4);
    ledger.finish(0, 10);
    ledger.finish(0, 7);

    assertThat(ledger.metadata(0)).isEqualTo(new CommitMetadata(11, List.of()));
  }

  @Test
  void shouldNotTakeARecordTwice() {
    ledger.adopt(0, 1, new CommitMetadata(10, List.of()));
    ledger.take(0, 10);
    ledger.finish(0, 10);

    ledger.take(0, 10);

    assertThat(ledger.metadata(0).unfinished()).isEmpty();
  }

  @Test
  void shouldForgetWhatItKnewOfAnEarlierAssignment() {
    ledger.adopt(0, 1, new CommitMetadata(10, List.of(3L)));

    assertThat(ledger.knows(0, 1)).isTrue();
    assertThat(ledger.knows(0, 2)).isFalse();

    ledger.adopt(0, 2, new CommitMetadata(20, List.of()));

    assertThat(ledger.knows(0, 2)).isTrue();
    assertThat(ledger.metadata(0)).isEqualTo(new CommitMetadata(20, List.of()));
  }
}
