package dev.steerage.index.search;

import dev.steerage.index.corpus.Segment;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Optional;

/// Finds a text as it stands; matches do not overlap.
final class LiteralScan implements Scan {
  private static final int TRIGRAM = 3;

  private final byte[] wanted;

  LiteralScan(String text) {
    wanted = text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Optional<BitSet> documents(Segment segment) {
    return wanted.length < TRIGRAM
        ? Optional.empty()
        : Optional.of(segment.trigrams().candidates(wanted));
  }

  @Override
  public void scan(Segment segment, int document, Sink sink) {
    byte[] text = segment.text(document);
    int last = text.length - wanted.length;
    for (int at = 0; at <= last; at++) {
      if (text[at] == wanted[0] && isAt(text, at)) {
        sink.marked(segment.positionAt(document, at));
        at += wanted.length - 1;
      }
    }
  }

  private boolean isAt(byte[] text, int at) {
    for (int i = 1; i < wanted.length; i++) {
      if (text[at + i] != wanted[i]) {
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
