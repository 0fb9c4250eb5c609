package dev.steerage.testkit;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/// A program that the project does not bring along. Tests that use one carry the tag `peripheral`.
///
/// In the profile `peripheral` a missing tool fails the test; elsewhere it skips it and says so.
///
/// @param path of the executable
public record OutsideTool(Path path) {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /// What a run printed.
  public record Output(int status, String stdout, String stderr) {}

  public static OutsideTool need(String name) {
    for (String folder : System.getenv("PATH").split(Pattern.quote(File.pathSeparator))) {
      Path path = Path.of(folder, name);
      if (Files.isExecutable(path)) {
        return new OutsideTool(path);
      }
    }
    return missing("outside tool is not installed: name=" + name);
  }

  /// A file or folder that `.ci/run` installs, such as a package of npm.
  public static Path needInstalled(Path path) {
    return Files.exists(path) ? path : missing("not installed: " + path + "; .ci/run installs it");
  }

  private static <T> T missing(String what) {
    if (Boolean.getBoolean("peripheral.required")) {
      throw new AssertionError(what);
    }
    return Assumptions.abort(what);
  }

  /// Runs it to its end.
  ///
  /// @param input what it reads from its standard input
  public Output run(String input, String... args) {
    List<String> command = new ArrayList<>();
    command.add(path.toString());
    command.addAll(List.of(args));
    try (var scratch = ScratchFolder.create()) {
      Path in = Files.writeString(scratch.path().resolve("in"), input);
      Path out = scratch.path().resolve("out");
      Path err = scratch.path().resolve("err");
      Process process =
          new ProcessBuilder(command)
              .redirectInput(in.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      if (!process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("no end in " + TIMEOUT + ": " + command);
      }
      return new Output(
          process.exitValue(),
          Files.readString(out, StandardCharsets.UTF_8),
          Files.readString(err, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + command, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while running " + command, e);
    }
  }

  /// Starts it and collects its lines until it is closed.
  public Following follow(String... args) {
    List<String> command = new ArrayList<>();
    command.add(path.toString());
    command.addAll(List.of(args));
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      process.getOutputStream().close();
      return new Following(process);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + command, e);
    }
  }

  /// A tool that runs, and what it has printed so far.
  public static final class Following implements AutoCloseable {

    private static final int LINES_MAX = 10_000;

    private final Process process;
    private final List<String> lines = new ArrayList<>();

    private Following(Process process) {
      this.process = process;
      Thread.ofPlatform().daemon().name("tool-output").start(this::collect);
    }

    private void collect() {
      try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          synchronized (lines) {
            if (lines.size() < LINES_MAX) {
              lines.add(line);
            }
          }
        }
      } catch (IOException closedWithTheProcess) {
        // What was read is kept.
      }
    }

    public List<String> lines() {
      synchronized (lines) {
        return List.copyOf(lines);
      }
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
