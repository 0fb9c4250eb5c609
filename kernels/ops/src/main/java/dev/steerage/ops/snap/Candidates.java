package dev.steerage.ops.snap;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// The codes of one row that may still be among its best, while a scan runs over the codebook.
///
/// With n = depth and E the error bound: once n codes are known, none whose approximate score lies
/// more than 2E below the n-th best can be among the canonical best n. Everything else is kept, in
/// room for 2n + 32. When that is full, what fell behind leaves; if ties keep it full, the
/// canonical scores decide at once. Single-threaded; grows to the largest depth it has seen.
final class Candidates {
  private float[] approximate = new float[0];
  private float[] selection = new float[0];
  private double[] canonical = new double[0];
  private int[] ids = new int[0];
  private int room;
  private int count;
  private int depth;
  private double slack;
  private float cut;
  private CodePanels codebook;
  private MemorySegment x;
  private long from;

  /// Begins a row. `bound` is E.
  void begin(CodePanels codebook, MemorySegment x, long from, int depth, double bound) {
    this.codebook = codebook;
    this.x = x;
    this.from = from;
    this.depth = depth;
    slack = 2 * bound;
    cut = Float.NEGATIVE_INFINITY;
    count = 0;
    room = 2 * depth + 32;
    if (ids.length < room) {
      approximate = new float[room];
      selection = new float[room];
      canonical = new double[room];
      ids = new int[room];
    }
  }

  /// Codes with a lower approximate score need not be offered.
  float cut() {
    return cut;
  }

  /// Nothing is wanted for this row.
  boolean isClosed() {
    return depth == 0;
  }

  void offer(int id, float score) {
    approximate[count] = score;
    ids[count++] = id;
    if (count == room) {
      drop();
      if (count > room - room / 4) {
        rank();
        count = depth;
      }
    }
  }

  /// Ends the row: the best ids in order.
  void finish(int[] out, int at) {
    drop();
    if (count > 1) {
      rank();
    }
    System.arraycopy(ids, 0, out, at, depth);
    x = null;
    codebook = null;
  }

  /// Raises the cut to 2E below the n-th best and lets go of what lies below.
  private void drop() {
    if (count <= depth) {
      return;
    }
    System.arraycopy(approximate, 0, selection, 0, count);
    // Rounded down, so that the float comparison never cuts what the bound keeps.
    cut = Math.nextDown((float) (nthLargest(selection, count, depth) - slack));
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (approximate[i] >= cut) {
        approximate[kept] = approximate[i];
        ids[kept++] = ids[i];
      }
    }
    count = kept;
  }

  /// Puts the candidates into canonical order.
  private void rank() {
    for (int i = 0; i < count; i++) {
      canonical[i] = codebook.score(x, from, ids[i]);
    }
    if (count > 64) {
      heapify();
    } else {
      insertionSort();
    }
  }

  private boolean before(double score, int id, double otherScore, int otherId) {
    return score > otherScore || (score == otherScore && id < otherId);
  }

  private void insertionSort() {
    for (int i = 1; i < count; i++) {
      double score = canonical[i];
      float approx = approximate[i];
      int id = ids[i];
      int at = i;
      while (at > 0 && before(score, id, canonical[at - 1], ids[at - 1])) {
        canonical[at] = canonical[at - 1];
        approximate[at] = approximate[at - 1];
        ids[at] = ids[at - 1];
        at--;
      }
      canonical[at] = score;
      approximate[at] = approx;
      ids[at] = id;
    }
  }

  /// Heap sort with the worst candidate on top, so that it ends in front-to-back order.
  private void heapify() {
    for (int i = count / 2 - 1; i >= 0; i--) {
      sink(i, count);
    }
    for (int end = count - 1; end > 0; end--) {
      swap(0, end);
      sink(0, end);
    }
  }

  private void sink(int start, int end) {
    int parent = start;
    while (2 * parent + 1 < end) {
      int child = 2 * parent + 1;
      if (child + 1 < end
          && before(canonical[child], ids[child], canonical[child + 1], ids[child + 1])) {
        child++;
      }
      if (!before(canonical[parent], ids[parent], canonical[child], ids[child])) {
        return;
      }
      swap(parent, child);
      parent = child;
    }
  }

  private void swap(int a, int b) {
    double score = canonical[a];
    canonical[a] = canonical[b];
    canonical[b] = score;
    float approx = approximate[a];
    approximate[a] = approximate[b];
    approximate[b] = approx;
    int id = ids[a];
    ids[a] = ids[b];
    ids[b] = id;
  }

  /// The n-th largest value (n from 1); reorders `values`.
  private static float nthLargest(float[] values, int count, int n) {
    if (count > 256) {
      Arrays.sort(values, 0, count);
      return values[count - n];
    }
    int low = 0;
    int high = count - 1;
    while (low < high) {
      float pivot = values[(low + high) >>> 1];
      int i = low;
      int j = high;
      while (i <= j) {
        while (values[i] > pivot) {
          i++;
        }
        while (values[j] < pivot) {
          j--;
        }
        if (i <= j) {
          float swap = values[i];
          values[i++] = values[j];
          values[j--] = swap;
        }
      }
      if (n - 1 <= j) {
        high = j;
      } else if (n - 1 >= i) {
        low = i;
      } else {
        break;
      }
    }
    return values[n - 1];
  }
}
