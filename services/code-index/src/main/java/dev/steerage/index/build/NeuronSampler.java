package dev.steerage.index.build;

import dev.steerage.index.corpus.CorpusException;
import dev.steerage.index.corpus.NeuronGroup;
import dev.steerage.index.corpus.NeuronWriter;
import dev.steerage.index.corpus.Segment;
import dev.steerage.transformer.CodebookTransformer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.stream.LongStream;

/// Runs a sample of a corpus' documents once more and records how active each neuron is, so that a
/// search can say what the best neuron would have found.
///
/// Documents are drawn by a hash of their number: the same ones each time, and each with the same
/// chance, however many there are.
final class NeuronSampler {
  private static final int TASK_DOCUMENTS = 8;
  private static final long MOST_BYTES = 512L * 1024 * 1024;

  private final CodebookTransformer model;
  private final Path folder;
  private final List<Segment> segments;
  private final List<NeuronGroup> groups;
  private final int neurons;

  NeuronSampler(CodebookTransformer model, Path folder, List<Segment> segments) {
    this.model = model;
    this.folder = folder;
    this.segments = segments;
    groups = NeuronTable.groups(model);
    neurons = groups.stream().mapToInt(NeuronGroup::count).sum();
  }

  /// Records the sample.
  ///
  /// @param wanted tokens of the sample; fewer where they would take more than 512 MiB
  void record(int wanted, ExecutorService workers, BlockingQueue<EngineRun> engines)
      throws IOException, InterruptedException {
    long[] numbers = draw((int) Math.min(wanted, MOST_BYTES / neurons));
    List<int[]> documents = new ArrayList<>();
    int[] firstRow = new int[numbers.length + 1];
    for (int i = 0; i < numbers.length; i++) {
      documents.add(tokens(numbers[i]));
      firstRow[i + 1] = firstRow[i] + documents.get(i).length;
    }
    Path collected = folder.resolve("activity.part");
    try (var table = new NeuronTable(model, collected, firstRow[numbers.length]);
        var writer = new NeuronWriter(folder, segments, numbers, wanted, groups)) {
      List<Callable<Void>> runs = new ArrayList<>();
      for (int i = 0; i < numbers.length; i += TASK_DOCUMENTS) {
        int from = i;
        int to = Math.min(numbers.length, from + TASK_DOCUMENTS);
        runs.add(
            () -> {
              EngineRun engine = engines.take();
              try {
                engine.activity(
                    documents.subList(from, to), Arrays.copyOfRange(firstRow, from, to), table);
              } finally {
                engines.add(engine);
              }
              return null;
            });
      }
      for (Future<Void> each : workers.invokeAll(runs)) {
        result(each);
      }
      write(table, writer, workers);
    }
  }

  private void write(NeuronTable table, NeuronWriter writer, ExecutorService workers)
      throws IOException, InterruptedException {
    int step = NeuronWriter.tileNeurons();
    // A few tiles at a time: all of them would not fit into memory.
    int together = 8 * step;
    for (int first = 0; first < neurons; first += together) {
      List<Callable<NeuronWriter.Tile>> tiles = new ArrayList<>();
      for (int i = first; i < Math.min(neurons, first + together); i += step) {
        int from = i;
        int to = Math.min(neurons, from + step);
        tiles.add(() -> writer.tile(table.columns(from, to, writer.positions())));
      }
      for (Future<NeuronWriter.Tile> tile : workers.invokeAll(tiles)) {
        writer.add(result(tile));
      }
    }
    writer.finish();
  }

  private static <T> T result(Future<T> done) throws InterruptedException {
    try {
      return done.get();
    } catch (ExecutionException e) {
      throw new CorpusException("neurons: the engine failed: " + e.getCause(), e.getCause());
    }
  }

  private long[] draw(int tokens) {
    long all = segments.stream().mapToLong(Segment::documents).sum();
    List<Long> order =
        LongStream.range(0, all)
            .boxed()
            .sorted(Comparator.comparingLong(NeuronSampler::hash).thenComparing(each -> each))
            .toList();
    List<Long> drawn = new ArrayList<>();
    int sum = 0;
    for (long number : order) {
      sum += tokens(number).length;
      if (sum > tokens) {
        break;
      }
      drawn.add(number);
    }
    return drawn.stream().mapToLong(each -> each).sorted().toArray();
  }

  /// A mixing function of 64 bits: the finisher of SplitMix.
  private static long hash(long number) {
    long z = number + 0x9E37_79B9_7F4A_7C15L;
    z = (z ^ z >>> 30) * 0xBF58_476D_1CE4_E5B9L;
    z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
    return z ^ z >>> 31;
  }

  private int[] tokens(long number) {
    for (Segment segment : segments) {
      long document = number - segment.firstDocument();
      if (document >= 0 && document < segment.documents()) {
        int from = segment.firstPosition((int) document);
        int[] tokens = new int[segment.firstPosition((int) document + 1) - from];
        for (int i = 0; i < tokens.length; i++) {
          tokens[i] = segment.token(from + i);
        }
        return tokens;
      }
    }
    throw new IllegalArgumentException("document=" + number);
  }
}
