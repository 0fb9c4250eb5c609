package dev.steerage.transformer.generation;

/// Hands out token ids by falling logit, ties to the lower id. Building is linear, each pop costs
/// the logarithm of the vocabulary: most callers want few of many.
final class LogitHeap {
  private final int[] ids;
  private float[] logits;
  private int size;

  LogitHeap(int vocabulary) {
    ids = new int[vocabulary];
  }

  void build(float[] of) {
    logits = of;
    size = ids.length;
    for (int i = 0; i < size; i++) {
      ids[i] = i;
    }
    for (int i = size / 2 - 1; i >= 0; i--) {
      sink(i);
    }
  }

  int size() {
    return size;
  }

  int pop() {
    int best = ids[0];
    ids[0] = ids[--size];
    sink(0);
    return best;
  }

  private void sink(int from) {
    int at = from;
    int id = ids[at];
    while (2 * at + 1 < size) {
      int child = 2 * at + 1;
      if (child + 1 < size && before(ids[child + 1], ids[child])) {
        child++;
      }
      if (!before(ids[child], id)) {
        break;
      }
      ids[at] = ids[child];
      at = child;
    }
    ids[at] = id;
  }

  private boolean before(int a, int b) {
    return logits[a] > logits[b] || logits[a] == logits[b] && a < b;
  }
}
