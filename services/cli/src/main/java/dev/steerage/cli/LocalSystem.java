package dev.steerage.cli;

import java.nio.file.Path;

/// Brings the whole system up in this JVM; the launcher gives it, because only the launcher knows
/// the services.
public interface LocalSystem {
  /// Starts it on a data folder and returns when it is ready; nothing is written to standard out.
  ///
  /// @param data as `--data`
  Running start(Path data);

  /// A system that runs until it is closed.
  interface Running extends AutoCloseable {
    /// Its Kafka address.
    String bootstrap();

    @Override
    void close();
  }
}
