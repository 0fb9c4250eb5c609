package dev.steerage.index.build;

/// What somebody who waits for a build wants to know.
public interface BuildProgress {
  /// Some documents were run.
  ///
  /// @param tokens run so far in this build
  /// @param done bytes of text behind, @param all bytes of text in all
  void ran(long tokens, long done, long all);

  /// A segment is on disk.
  void wrote(String segment, int documents, int tokens, long bytes);

  /// The activity of neurons is being recorded.
  ///
  /// @param tokens of the sample
  void records(int tokens);

  /// A segment was damaged and is built again.
  void rebuilds(String reason);
}
