package dev.steerage.cli.connection;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.schemas.json.BadJson;
import dev.steerage.schemas.json.Json;
import dev.steerage.schemas.json.JsonIn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// What `steerage up` says about itself in `running.json`.
///
/// @param pid its process
/// @param bootstrap its Kafka address
/// @param aeronDir folder of its media driver, where it has one
/// @param statisticsApi address of the live windows, where it has one
/// @param gateway address of its HTTP side and console, where it has one
/// @param secrets folder with client properties of its principals, where it is secure
public record RunningInstance(
    long pid,
    String bootstrap,
    Optional<String> aeronDir,
    Optional<String> statisticsApi,
    Optional<String> gateway,
    Optional<String> secrets) {
  /// The file's name in the data folder.
  public static final String FILE = "running.json";

  private static final int MAX_BYTES = 64 * 1024;

  /// The instance that runs on this data folder, if one does.
  ///
  /// @throws CliException if the file is there and cannot be read
  public static Optional<RunningInstance> find(Path data) {
    Path file = data.resolve(FILE);
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new CliException(ExitCode.UNREACHABLE, "file=" + file + " cannot be read: " + e, e);
    }
    RunningInstance found = read(file, bytes);
    // A crash leaves the file behind; a dead process is no instance.
    return ProcessHandle.of(found.pid()).filter(ProcessHandle::isAlive).map(_ -> found);
  }

  private static RunningInstance read(Path file, byte[] bytes) {
    try {
      JsonIn in = new JsonIn(Json.parse(bytes, MAX_BYTES));
      return new RunningInstance(
          in.whole("pid"),
          in.text("bootstrap"),
          in.optionalText("aeronDir"),
          in.optionalText("statisticsApi"),
          in.optionalText("gateway"),
          in.optionalText("secrets"));
    } catch (BadJson e) {
      throw new CliException(
          ExitCode.UNREACHABLE, "file=" + file + " is no running.json: " + e.getMessage(), e);
    }
  }
}
