package dev.steerage.index.search;

import dev.steerage.index.corpus.Segment;
import dev.steerage.schemas.index.LookupException;
import dev.steerage.schemas.index.LookupException.Reason;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// One search over all segments, by any number of threads: each takes the next documents that
/// nobody has taken.
final class Run {
  private static final int DOCUMENTS = 32;

  private final List<Segment> segments;
  private final Scan scan;
  private final long deadlineNs;
  private final SearchLimits limits;
  private final List<Optional<BitSet>> candidates = new ArrayList<>();
  private final int[] firstTask;
  private final AtomicInteger nextTask = new AtomicInteger();
  private final AtomicLong matches = new AtomicLong();
  private final int[][] marked;

  Run(List<Segment> segments, Scan scan, long deadlineNs, SearchLimits limits) {
    this.segments = segments;
    this.scan = scan;
    this.deadlineNs = deadlineNs;
    this.limits = limits;
    firstTask = new int[segments.size() + 1];
    for (int i = 0; i < segments.size(); i++) {
      candidates.add(scan.documents(segments.get(i)));
      int tasks = (segments.get(i).documents() + DOCUMENTS - 1) / DOCUMENTS;
      firstTask[i + 1] = firstTask[i] + tasks;
    }
    marked = new int[firstTask[segments.size()]][];
  }

  /// Works until no documents are left.
  ///
  /// @throws LookupException if time or matches pass the limit
  void work(Tally tally) {
    Scan own = scan.copy();
    int segment = 0;
    for (int task = nextTask.getAndIncrement();
        task < marked.length;
        task = nextTask.getAndIncrement()) {
      while (firstTask[segment + 1] <= task) {
        segment++;
      }
      work(own, tally, segment, task);
    }
  }

  private void work(Scan own, Tally tally, int number, int task) {
    Segment segment = segments.get(number);
    int from = (task - firstTask[number]) * DOCUMENTS;
    int to = Math.min(segment.documents(), from + DOCUMENTS);
    Optional<BitSet> only = candidates.get(number);
    int[] first = {-1};
    for (int document = from; document < to; document++) {
      if (only.isPresent() && !only.get().get(document)) {
        continue;
      }
      check();
      int half = segment.half(document);
      own.scan(
          segment,
          document,
          position -> {
            tally.mark(position, half);
            if (first[0] < 0) {
              first[0] = position;
            }
          });
    }
    matches.addAndGet(tally.waiting());
    tally.flush(segment);
    marked[task] = first[0] < 0 ? null : new int[] {number, first[0]};
  }

  private void check() {
    if (System.nanoTime() - deadlineNs > 0) {
      throw new LookupException(
          Reason.LIMIT, "search: time limit=" + limits.time().toMillis() + " ms");
    }
    if (matches.get() > limits.matches()) {
      throw new LookupException(
          Reason.LIMIT, "search: matches=" + matches.get() + ", limit=" + limits.matches());
    }
  }

  /// A match of each part of the corpus that has some: number of its segment, and position.
  List<int[]> marked() {
    List<int[]> all = new ArrayList<>();
    for (int[] each : marked) {
      if (each != null) {
        all.add(each);
      }
    }
    return all;
  }
}
