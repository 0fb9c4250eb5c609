package dev.steerage.trainer.run;

import java.nio.file.Path;

/// Trains in a process of its own, to be killed.
public final class TrainChild {
  private TrainChild() {}

  public static void main(String[] args) {
    TinyRun.train(Path.of(args[0]), Path.of(args[1]), 2);
  }
}
