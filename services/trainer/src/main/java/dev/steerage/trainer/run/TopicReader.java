package dev.steerage.trainer.run;

import java.nio.file.Path;

/// Copies a topic's texts into files.
public interface TopicReader {
  /// Copies what is on the topic now, a document a record; about one in twenty to `valid`.
  ///
  /// @param most records; more is refused, not cut
  void copy(String topic, int most, Path train, Path valid);
}
