package dev.steerage.index.aeron;

import dev.steerage.index.store.BatchReader;
import dev.steerage.index.store.CodeIndex;
import dev.steerage.index.store.IndexMetric;
import dev.steerage.index.store.IndexMetrics;
import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;
import java.util.Optional;
import org.agrona.DirectBuffer;
import org.agrona.collections.Int2ObjectHashMap;

/// Live frames of workers into the overlay. What is truncated, foreign or of an unknown tenant or
/// model is counted and ignored.
final class LiveAdapter implements FragmentHandler {
  private static final int SESSIONS_LIMIT = 1_024;

  private final CodeIndex index;
  private final IndexMetrics metrics;
  private final BatchReader reader;
  // Last sequence number of each publication; outlives its image, so that frames lost with it show.
  private final Int2ObjectHashMap<Sequence> sequences = new Int2ObjectHashMap<>();
  private long nowMs;

  LiveAdapter(CodeIndex index, IndexMetrics metrics) {
    this.index = index;
    this.metrics = metrics;
    this.reader = new BatchReader(index);
  }

  /// The time of arrival of the frames that come next.
  void at(long timeMs) {
    nowMs = timeMs;
  }

  @Override
  public void onFragment(DirectBuffer buffer, int offset, int length, Header header) {
    countGap(header.sessionId(), header.reservedValue());
    Optional<String> refusal = reader.read(buffer, offset, length);
    if (refusal.isPresent()
        || !index.live(reader.tenant(), reader.model(), reader.batch(), nowMs)) {
      metrics.increment(IndexMetric.FOREIGN_FRAMES);
    }
  }

  private void countGap(int session, long sequence) {
    if (sequence <= 0) {
      // The publisher does not number its frames.
      return;
    }
    Sequence known = sequences.get(session);
    if (known == null) {
      if (sequences.size() == SESSIONS_LIMIT) {
        sequences.clear();
      }
      sequences.put(session, new Sequence(sequence));
      return;
    }
    if (sequence > known.last + 1) {
      metrics.add(IndexMetric.GAPS, sequence - known.last - 1);
    }
    known.last = sequence;
  }

  /// The last number of one publication.
  private static final class Sequence {
    private long last;

    private Sequence(long last) {
      this.last = last;
    }
  }
}
