package dev.steerage.index.corpus;

/// A place between two documents of a corpus.
///
/// @param source index of the text file
/// @param offset byte in it; its length: the file is done
public record Cursor(int source, long offset) implements Comparable<Cursor> {
  /// Before everything.
  public static final Cursor START = new Cursor(0, 0);

  @Override
  public int compareTo(Cursor other) {
    return source != other.source
        ? Integer.compare(source, other.source)
        : Long.compare(offset, other.offset);
  }
}
