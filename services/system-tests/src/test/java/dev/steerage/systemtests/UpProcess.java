package dev.steerage.systemtests;

import dev.steerage.testkit.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `steerage up` as a process, with what its ready line says.
final class UpProcess implements AutoCloseable {

  private static final Duration START = Duration.ofSeconds(120);
  private static final Pattern READY = Pattern.compile("ready: kafka=(\\S+).*");
  private static final Pattern CONSOLE = Pattern.compile("\\s*console: (http://\\S+).*");
  private static final Pattern AERON = Pattern.compile(" aeronDir=(\\S+)");

  private final ChildJvm child;
  private final String ready;

  private UpProcess(ChildJvm child, String ready) {
    this.child = child;
    this.ready = ready;
  }

  static UpProcess start(Path data, String... more) {
    return start(List.of(), data, more);
  }

  /// @param flags of the JVM, beside the usual ones
  static UpProcess start(List<String> flags, Path data, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of("up", "--data", data.toString(), "--models", Programs.models().toString()));
    args.addAll(List.of(more));
    ChildJvm child = Programs.start("up", "1g", flags, args.toArray(String[]::new));
    try {
      String ready = child.awaitLine("ready line", START, line -> READY.matcher(line).matches());
      return new UpProcess(child, ready);
    } catch (AssertionError e) {
      child.close();
      throw e;
    }
  }

  String bootstrap() {
    Matcher matcher = READY.matcher(ready);
    if (!matcher.matches()) {
      throw new AssertionError("no address in: " + ready);
    }
    return matcher.group(1);
  }

  Path aeronFolder() {
    Matcher matcher = AERON.matcher(ready);
    if (!matcher.find()) {
      throw new AssertionError("no aeronDir in: " + ready);
    }
    return Path.of(matcher.group(1));
  }

  /// Address of the gateway, with a slash at its end.
  String console() {
    String line =
        child.awaitLine("address of the console", START, each -> CONSOLE.matcher(each).matches());
    Matcher matcher = CONSOLE.matcher(line);
    if (!matcher.matches()) {
      throw new AssertionError("no address in: " + line);
    }
    return matcher.group(1).endsWith("/") ? matcher.group(1) : matcher.group(1) + "/";
  }

  ChildJvm child() {
    return child;
  }

  @Override
  public void close() {
    if (child.isAlive()) {
      // A kill would leave the media driver's folder in shared memory.
      child.terminate();
    }
    child.close();
  }
}
