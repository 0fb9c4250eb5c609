package dev.steerage.benchmarks.speed;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Runs one of the speed programs and writes its dated report. Arguments: program, folder of
/// reports, folder of shipped models, a folder for work, folder of the peer's driver.
public final class Speed {
  private Speed() {}

  /// What a program is given.
  ///
  /// @param models folder of shipped models
  /// @param work a folder that may be filled and is not kept
  /// @param peer folder of the peer's driver
  record Setting(Path models, Path work, Path peer) {}

  /// Measures and says what it found.
  interface Program {
    void run(Setting setting, Report report) throws IOException, InterruptedException;
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    String name = args[0];
    Program program =
        switch (name) {
          case "dense" -> new DenseSpeed();
          case "codebooks" -> new CodebookSpeed();
          case "snap" -> new SnapSpeed();
          case "tokfsm" -> new TokFsmSpeed();
          case "neighbour" -> new NeighbourSpeed();
          case "vector" -> new VectorSpeed();
          default ->
              throw new IllegalArgumentException(
                  "program: name="
                      + name
                      + ", limit="
                      + List.of("dense", "codebooks", "snap", "tokfsm", "neighbour", "vector"));
        };
    Machine machine = Machine.look();
    Report report = new Report(name, machine);
    long begun = System.nanoTime();
    program.run(new Setting(Path.of(args[2]), Path.of(args[3]), Path.of(args[4])), report);
    report.line("");
    report.line("The run took %d s.".formatted((System.nanoTime() - begun) / 1_000_000_000));
    report.write(Path.of(args[1]));
  }
}
