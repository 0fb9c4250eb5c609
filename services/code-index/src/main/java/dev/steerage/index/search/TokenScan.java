package dev.steerage.index.search;

import dev.steerage.index.corpus.Segment;

/// Finds a sequence of tokens and marks the first of them.
final class TokenScan implements Scan {
  private final int[] wanted;

  TokenScan(int[] wanted) {
    this.wanted = wanted.clone();
  }

  @Override
  public void scan(Segment segment, int document, Sink sink) {
    int end = segment.firstPosition(document + 1) - wanted.length;
    for (int position = segment.firstPosition(document); position <= end; position++) {
      if (isAt(segment, position)) {
        sink.marked(position);
      }
    }
  }

  private boolean isAt(Segment segment, int position) {
    for (int i = 0; i < wanted.length; i++) {
      if (segment.token(position + i) != wanted[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public Scan copy() {
    return this;
  }
}
