package dev.steerage.gateway.benchmark;

import dev.steerage.testkit.Await;
import dev.steerage.testkit.ScratchFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A `steerage up` of its own, from the outside.
final class UpInstance implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(10);

  private final ScratchFolder data;
  private final Process process;
  private final JsonNode running;

  private UpInstance(ScratchFolder data, Process process, JsonNode running) {
    this.data = data;
    this.process = process;
    this.running = running;
  }

  /// @param root of the project
  static UpInstance start(Path root) throws IOException {
    var data = ScratchFolder.create();
    Process process =
        new ProcessBuilder(
                root.resolve("steerage").toString(),
                "up",
                "--data",
                data.path().toString(),
                "--http-port",
                "0")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Path file = data.path().resolve("running.json");
    JsonNode running =
        Await.value(
            "running.json",
            START,
            () ->
                Files.exists(file)
                    ? Optional.of(new JsonMapper().readTree(file.toFile()))
                    : Optional.empty());
    return new UpInstance(data, process, running);
  }

  String bootstrap() {
    return running.get("bootstrap").asString();
  }

  String gateway() {
    return running.get("gateway").asString();
  }

  /// Memory of the process in MiB, as the system counts it.
  long residentMib() {
    Path status = Path.of("/proc", running.get("pid").toString(), "status");
    try (var lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
          .findFirst()
          .orElse(-1);
    } catch (IOException e) {
      return -1;
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    data.close();
  }
}
