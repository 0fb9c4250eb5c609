package dev.steerage.domain.text;

/// Where one pattern is in one stream of text. Belongs to one thread; allocates nothing.
public final class TextMatcher {
  private final TextPattern pattern;
  private final long[] state;
  private final long[] scratch;

  /// At the beginning of a stream.
  public TextMatcher(TextPattern pattern) {
    this.pattern = pattern;
    state = new long[pattern.words];
    scratch = new long[pattern.words];
  }

  /// Whether a match ends with one of the next `count` characters.
  public boolean read(int[] characters, int count) {
    boolean found = false;
    for (int i = 0; i < count; i++) {
      found |= pattern.step(state, scratch, characters[i]);
    }
    return found;
  }
}
