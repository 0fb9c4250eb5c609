package dev.steerage.index.corpus;

/// A corpus cannot be written or read; says which file and why.
public final class CorpusException extends RuntimeException {
  public CorpusException(String message) {
    super(message);
  }

  public CorpusException(String message, Throwable cause) {
    super(message, cause);
  }
}
