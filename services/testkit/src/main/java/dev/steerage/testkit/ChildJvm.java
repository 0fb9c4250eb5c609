package dev.steerage.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// A main class of this class path in a JVM of its own, to be killed, stopped and woken.
public final class ChildJvm implements AutoCloseable {

  private static final int LINES_MAX = 20_000;
  private static final Duration END_TIMEOUT = Duration.ofSeconds(30);

  private final String name;
  private final Process process;
  private final List<String> lines = new ArrayList<>();

  private ChildJvm(String name, Process process) {
    this.name = name;
    this.process = process;
  }

  /// What to start.
  ///
  /// @param name for messages and prefixed output
  /// @param mainClass fully qualified
  /// @param heap as for `-Xmx`
  public record Program(String name, String mainClass, String heap, List<String> args) {}

  /// Starts the program with the project's JVM flags; its output is kept and echoed to stderr.
  public static ChildJvm start(Program program) {
    return start(program, List.of());
  }

  /// The same with further JVM flags.
  public static ChildJvm start(Program program, List<String> flags) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + jvmFlags());
    command.addAll(List.of("-ea", "-Xmx" + program.heap(), "-XX:+ExitOnOutOfMemoryError"));
    command.addAll(flags);
    command.addAll(List.of("-cp", classPath(), program.mainClass()));
    command.addAll(program.args());
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      var child = new ChildJvm(program.name(), process);
      Thread.ofPlatform().daemon().name("child-output-" + program.name()).start(child::collect);
      return child;
    } catch (IOException e) {
      throw new UncheckedIOException("child did not start: name=" + program.name(), e);
    }
  }

  private static String classPath() {
    // Surefire hides the real class path behind a manifest-only jar.
    return Optional.ofNullable(System.getProperty("surefire.test.class.path"))
        .orElseGet(() -> System.getProperty("java.class.path"));
  }

  private static Path jvmFlags() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path flags = at.resolve("infra/build/jvm.flags");
      if (Files.exists(flags)) {
        return flags;
      }
    }
    throw new IllegalStateException(
        "infra/build/jvm.flags: not above " + Path.of("").toAbsolutePath());
  }

  private void collect() {
    try (var reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        synchronized (lines) {
          if (lines.size() == LINES_MAX) {
            lines.removeFirst();
          }
          lines.add(line);
        }
        System.err.println("[" + name + "] " + line);
      }
    } catch (IOException closedByKill) {
      // The pipe ends with the process; what was read is kept.
    }
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public List<String> lines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  /// Waits for a line of output; fails at once if the process ends without it.
  public String awaitLine(String what, Duration deadline, Predicate<String> matches) {
    return Await.value(
        what + " from " + name,
        deadline,
        () -> lines().stream().filter(matches).findFirst().or(this::nothingIfAlive));
  }

  private Optional<String> nothingIfAlive() {
    if (!process.isAlive() && process.exitValue() != 0) {
      throw new ChildEndedError(name, process.exitValue(), lines());
    }
    return Optional.empty();
  }

  /// SIGKILL: no hook, no flush, no goodbye.
  public void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /// SIGTERM, and waits for the end; returns the exit status.
  public int terminate() {
    process.destroy();
    return awaitEnd();
  }

  /// SIGSTOP: the process is alive and does nothing.
  public void suspend() {
    signal("-STOP");
  }

  /// SIGCONT after [#suspend].
  public void resume() {
    signal("-CONT");
  }

  public int awaitEnd() {
    try {
      if (!process.waitFor(END_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("child did not end in " + END_TIMEOUT + ": name=" + name);
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for the end of " + name, e);
    }
  }

  private void signal(String signal) {
    try {
      int status = new ProcessBuilder("kill", signal, Long.toString(pid())).start().waitFor();
      if (status != 0) {
        throw new AssertionError("kill " + signal + " failed: name=" + name + ", status=" + status);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("kill " + signal + " failed: name=" + name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while signalling " + name, e);
    }
  }

  @Override
  public void close() {
    // A suspended process takes SIGKILL too.
    process.destroyForcibly();
    awaitEnd();
  }

  /// Ends a wait early: the child will not say it any more.
  private static final class ChildEndedError extends Error {
    private static final int TAIL = 20;

    ChildEndedError(String name, int status, List<String> lines) {
      super(
          "child ended: name="
              + name
              + ", status="
              + status
              + ", last lines:\n"
              + String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL), lines.size())));
    }
  }
}
