package dev.steerage.local;

import dev.steerage.schemas.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// `running.json` in the data folder: how the other verbs find this instance. Gone when it stops.
final class RunningFile implements AutoCloseable {

  private final Path file;

  private RunningFile(Path file) {
    this.file = file;
  }

  /// @param addresses what the instance serves, by name: `bootstrap`, `aeronDir`, `statisticsApi`
  static RunningFile write(Path data, Map<String, String> addresses, List<String> models) {
    byte[] bytes =
        Json.write(
            out -> {
              out.whole("pid", ProcessHandle.current().pid());
              addresses.forEach(out::text);
              out.texts("models", models).text("startedAt", Instant.now().toString());
            });
    Path file = data.resolve("running.json");
    Path partial = data.resolve("running.json.new");
    try {
      Files.write(partial, bytes);
      Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write file=" + file, e);
    }
    return new RunningFile(file);
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove file=" + file, e);
    }
  }
}
