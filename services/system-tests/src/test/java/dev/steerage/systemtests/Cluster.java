package dev.steerage.systemtests;

import dev.steerage.testkit.ChildJvm;
import dev.steerage.testkit.ScratchFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Every service as a process of its own, as on a real cluster; for the model `tokfsm`.
final class Cluster implements AutoCloseable {

  private static final Duration START = Duration.ofSeconds(120);
  private static final Pattern BROKER_READY = Pattern.compile("ready: broker=(\\S+) .*");

  private final ScratchFolder folder = ScratchFolder.create();
  private final Map<String, ChildJvm> processes = new LinkedHashMap<>();
  private String bootstrap;

  static Cluster start() {
    var cluster = new Cluster();
    try {
      cluster.open();
      return cluster;
    } catch (RuntimeException | AssertionError e) {
      cluster.close();
      throw e;
    }
  }

  private void open() {
    ChildJvm broker =
        launch(
            "broker",
            "512m",
            List.of(
                "broker",
                "--data",
                folder.path().resolve("data").toString(),
                "--models",
                Programs.models().toString()));
    String line = awaitReady(broker);
    Matcher matcher = BROKER_READY.matcher(line);
    if (!matcher.matches()) {
      throw new AssertionError("no address in: " + line);
    }
    bootstrap = matcher.group(1);
    // Two by two: starts are mostly waiting, but six at once starve each other on a small machine.
    List.of(launchIndex(), launchAdmission()).forEach(Cluster::awaitReady);
    List.of(launchWorker("w1"), launchStatistics()).forEach(Cluster::awaitReady);
    awaitReady(launchWorker("w2"));
  }

  String bootstrap() {
    return bootstrap;
  }

  ChildJvm process(String name) {
    return processes.get(name);
  }

  void startIndex() {
    awaitReady(launchIndex());
  }

  void startStatistics() {
    awaitReady(launchStatistics());
  }

  void startWorker(String name) {
    awaitReady(launchWorker(name));
  }

  private ChildJvm launchIndex() {
    return launch(
        "index",
        "256m",
        List.of(
            "index",
            "--bootstrap",
            bootstrap,
            "--aeron-dir",
            aeronFolder().toString(),
            "--snapshots",
            folder.path().resolve("index").toString(),
            "--snapshot-interval-s",
            "2"));
  }

  /// The next index begins with nothing.
  void dropSnapshots() throws IOException {
    Files.deleteIfExists(folder.path().resolve("index").resolve("snapshot.bin"));
  }

  private ChildJvm launchAdmission() {
    return launch("admission", "128m", List.of("admission", "--bootstrap", bootstrap));
  }

  private ChildJvm launchWorker(String name) {
    return launch(
        name,
        "384m",
        List.of(
            "worker",
            "--bootstrap",
            bootstrap,
            "--model",
            Programs.models().resolve("tokfsm").toString(),
            "--name",
            name,
            "--aeron-dir",
            aeronFolder().toString()));
  }

  private ChildJvm launchStatistics() {
    return launch(
        "statistics",
        "384m",
        List.of(
            "statistics",
            "--bootstrap",
            bootstrap,
            "--state-dir",
            folder.path().resolve("statistics").toString()));
  }

  /// Folder of the media driver that the index brings.
  Path aeronFolder() {
    return folder.path().resolve("aeron");
  }

  private ChildJvm launch(String name, String heap, List<String> args) {
    ChildJvm child = Programs.start(name, heap, args.toArray(String[]::new));
    processes.put(name, child);
    return child;
  }

  private static String awaitReady(ChildJvm child) {
    return child.awaitLine("ready line", START, line -> line.startsWith("ready"));
  }

  @Override
  public void close() {
    processes.values().forEach(ChildJvm::close);
    folder.close();
  }
}
