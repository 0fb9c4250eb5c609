package dev.steerage.transformer.cuda;

import dev.steerage.ops.cuda.CudaDevice;
import dev.steerage.ops.cuda.CudaEvent;
import dev.steerage.ops.cuda.CudaGraph;
import dev.steerage.ops.cuda.CudaStream;
import dev.steerage.transformer.forward.CodeLayout;
import dev.steerage.transformer.forward.Weights;
import java.lang.foreign.Arena;

/// The launches of a step for up to 1, 2, 4, … rows, and a graph of each. Nothing that differs from
/// step to step is in them, so they are made when a batch is, and again only when interventions
/// have moved.
final class StepGraphs implements AutoCloseable {
  private final CudaModel model;
  private final Weights weights;
  private final CodeLayout layout;
  private final StepMemory memory;
  private final StepTable table;
  private final CudaOptions options;
  private final int logitsCapacity;
  private final CudaStream stream;
  private final CudaStream side;
  private final CudaEvent fork;
  private final CudaEvent join;
  private final int[] buckets;
  private final StepLaunch[][] launches;
  private final CudaGraph[] graphs;

  /// Made when they are first wanted.
  private final CudaGraph[] timed;

  private Arena arena = Arena.ofShared();

  StepGraphs(
      CudaModel model,
      Weights weights,
      CodeLayout layout,
      StepMemory memory,
      StepTable table,
      CudaOptions options,
      int capacity,
      int logitsCapacity,
      CudaStream stream) {
    this.model = model;
    this.weights = weights;
    this.layout = layout;
    this.memory = memory;
    this.table = table;
    this.options = options;
    this.logitsCapacity = logitsCapacity;
    this.stream = stream;
    buckets = buckets(capacity);
    launches = new StepLaunch[buckets.length][];
    graphs = new CudaGraph[buckets.length];
    timed = new CudaGraph[buckets.length];
    CudaDevice device = model.device();
    Opened opened = new Opened();
    opened.add(arena);
    try {
      side = opened.add(device.stream());
      fork = opened.add(device.event());
      join = opened.add(device.event());
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /// 1, 2, 4, … and the capacity.
  private static int[] buckets(int capacity) {
    int count = 1;
    for (int rows = 1; rows < capacity; rows *= 2) {
      count++;
    }
    int[] buckets = new int[count];
    for (int i = 0; i < count; i++) {
      buckets[i] = Math.min(1 << i, capacity);
    }
    return buckets;
  }

  /// How many graphs there are.
  int count() {
    return options.graphs() ? graphs.length : 0;
  }

  /// Launches of some bucket: what they are does not differ between them, but for their variants.
  StepLaunch[] any() {
    return launches[0];
  }

  /// Makes all of them; what was made before is let go of.
  ///
  /// @param words where the interventions are
  void record(long words) {
    closeGraphs();
    arena.close();
    arena = Arena.ofShared();
    for (int i = 0; i < buckets.length; i++) {
      launches[i] = launches(buckets[i], words, arena).all();
      StepLaunch[] step = launches[i];
      // Once without rows: the driver may load code when it first runs, which it must not in a
      // capture; and what it does not accept it says here, launch by launch.
      table.counts(0, 0);
      table.send(stream);
      launch(step);
      stream.await();
      if (options.graphs()) {
        graphs[i] = stream.capture(() -> launch(step));
      }
    }
  }

  private StepLaunches launches(int bucket, long words, Arena of) {
    return new StepLaunches(
        model,
        weights,
        layout,
        memory,
        table,
        words,
        bucket,
        Math.min(bucket, logitsCapacity),
        options,
        of);
  }

  /// Puts a step of so many rows into the stream.
  void run(int rows) {
    int bucket = bucket(rows);
    if (options.graphs()) {
      stream.launch(graphs[bucket]);
    } else {
      launch(launches[bucket]);
    }
  }

  /// The same with marks between kernels, one after the other.
  void run(int rows, StepTimes times) {
    int bucket = bucket(rows);
    StepLaunch[] step = launches[bucket];
    times.begin(step);
    if (options.graphs()) {
      if (timed[bucket] == null) {
        timed[bucket] = stream.capture(() -> times.capture(stream, step));
      }
      stream.launch(timed[bucket]);
    } else {
      times.launch(stream, step);
    }
  }

  private int bucket(int rows) {
    int bucket = 0;
    while (buckets[bucket] < rows) {
      bucket++;
    }
    return bucket;
  }

  private void launch(StepLaunch[] step) {
    boolean isForked = false;
    for (StepLaunch each : step) {
      switch (each.lane()) {
        case MAIN -> stream.launch(each.launch());
        case SIDE -> {
          if (!isForked) {
            stream.record(fork);
            side.after(fork);
            isForked = true;
          }
          side.launch(each.launch());
        }
        case JOINED -> {
          side.record(join);
          stream.after(join);
          isForked = false;
          stream.launch(each.launch());
        }
      }
    }
  }

  /// Milliseconds of the snaps of a step by themselves: a graph of nothing else, run again and
  /// again. For measurements: what it leaves in memory is no step's.
  ///
  /// @param rows as many as the last step had
  double snapMs(int rows, int rounds, long words) {
    try (Arena own = Arena.ofShared();
        CudaEvent begun = model.device().event();
        CudaEvent ended = model.device().event()) {
      StepLaunch[] snaps = launches(buckets[bucket(rows)], words, own).snaps();
      try (CudaGraph graph = stream.capture(() -> launch(snaps))) {
        stream.launch(graph);
        stream.record(begun);
        for (int i = 0; i < rounds; i++) {
          stream.launch(graph);
        }
        stream.record(ended);
        stream.await();
        return ended.msSince(begun) / (double) rounds;
      }
    }
  }

  private void closeGraphs() {
    for (CudaGraph[] of : new CudaGraph[][] {graphs, timed}) {
      for (int i = 0; i < of.length; i++) {
        if (of[i] != null) {
          of[i].close();
          of[i] = null;
        }
      }
    }
  }

  @Override
  public void close() {
    closeGraphs();
    join.close();
    fork.close();
    side.close();
    arena.close();
  }
}
