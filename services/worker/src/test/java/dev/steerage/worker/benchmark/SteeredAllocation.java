package dev.steerage.worker.benchmark;

import dev.steerage.ops.Backends;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.worker.generation.ServedModel;
import java.nio.file.Path;

/// A program of its own: steers requests by rules of their own until the second half of their
/// positions costs no byte of heap or patience ends, and prints the least that it cost. The first
/// half is where each request meets its rules, and each set of rules, for the first time.
/// Arguments: model folder, patience in seconds.
public final class SteeredAllocation {
  private static final int STREAMS = 8;

  private SteeredAllocation() {}

  public static void main(String[] args) {
    Path folder = Path.of(args[0]);
    long deadline = System.nanoTime() + 1_000_000_000L * Long.parseLong(args[1]);
    long least = Long.MAX_VALUE;
    long changed;
    try (var engine = CodebookTransformer.load(folder, Backends.byName("native"))) {
      engine.warmUp();
      ServedModel model = ServedModel.of(folder.getFileName().toString(), engine);
      try (Lane lane = new Lane(model, Lane.Kind.STEERED, STREAMS)) {
        int half = lane.positions() / 2;
        for (int round = 0; least > 0 && System.nanoTime() < deadline; round++) {
          lane.begin(round, true);
          lane.run(half - 2);
          lane.run(half - 4);
          least = Math.min(least, lane.bytes());
          lane.end();
        }
        changed = lane.changedSlots();
      }
    }
    System.out.println("bytes=" + least);
    System.out.println("steered=" + (changed > 0));
  }
}
