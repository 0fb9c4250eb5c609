package dev.steerage.index.build;

import dev.steerage.index.corpus.NeuronGroup;
import dev.steerage.ops.Floats;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.forward.ForwardObserver;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.IntUnaryOperator;

/// Activities `[position][neuron]`, in a file while they are collected: they are four times what is
/// kept in the end, and would not fit beside the engine.
///
/// Neurons are those of every MLP, after the activation function, and what each codebook reads: its
/// input, layer-normalised. A codebook at an MLP's neurons reads just those.
final class NeuronTable implements AutoCloseable {
  private final Path file;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment activity;
  private final int layers;
  private final int inner;
  private final int neurons;
  private final List<CodebookSite> sites;
  // First channel of each site; -1: it has none of its own.
  private final int[] channels;

  NeuronTable(CodebookTransformer model, Path file, int positions) throws IOException {
    this.file = file;
    layers = model.config().layers();
    inner = model.config().inner();
    sites = model.sites();
    channels = new int[sites.size()];
    int next = layers * inner;
    for (CodebookSite site : sites) {
      channels[site.index()] = hasChannels(site) ? next : -1;
      next += hasChannels(site) ? site.width() : 0;
    }
    neurons = next;
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      activity =
          channel.map(FileChannel.MapMode.READ_WRITE, 0, (long) positions * neurons * 4, arena);
    }
  }

  private static boolean hasChannels(CodebookSite site) {
    return switch (site.site().component()) {
      case MLP_MID -> false;
      case ATTN, ATTN_OUT, QKV, MLP, ATTN_PLUS_MLP, BLOCK -> true;
    };
  }

  static List<NeuronGroup> groups(CodebookTransformer model) {
    List<NeuronGroup> groups = new ArrayList<>();
    for (int layer = 0; layer < model.config().layers(); layer++) {
      groups.add(new NeuronGroup("L" + layer + ".mlp_mid", model.config().inner()));
    }
    model.sites().stream()
        .filter(NeuronTable::hasChannels)
        .forEach(site -> groups.add(new NeuronGroup(site.site().toString(), site.width())));
    return groups;
  }

  /// Writes what a forward shows.
  ///
  /// @param rows of the forward
  /// @param place of one of its rows in this table; -1: it is not wanted
  ForwardObserver observer(IntSupplier rows, IntUnaryOperator place) {
    return new ForwardObserver() {
      @Override
      public void neurons(int layer, MemorySegment values) {
        for (int row = 0; row < rows.getAsInt(); row++) {
          copy(values, row, inner, place.applyAsInt(row), layer * inner);
        }
      }

      @Override
      public void snapped(
          int site,
          int row,
          int count,
          MemorySegment normed,
          MemorySegment out,
          long outAt,
          int outStride) {
        for (int r = 0; r < count && channels[site] >= 0; r++) {
          copy(normed, r, sites.get(site).width(), place.applyAsInt(row + r), channels[site]);
        }
      }
    };
  }

  private void copy(MemorySegment from, int row, int width, int place, int neuron) {
    if (place >= 0) {
      long to = ((long) place * neurons + neuron) * 4;
      MemorySegment.copy(from, (long) row * width * 4, activity, to, width * 4L);
    }
  }

  /// Activities of some neurons, `[neuron][position]`.
  float[][] columns(int fromNeuron, int toNeuron, int positions) {
    float[][] columns = new float[toNeuron - fromNeuron][positions];
    for (int position = 0; position < positions; position++) {
      long row = (long) position * neurons + fromNeuron;
      for (int i = 0; i < columns.length; i++) {
        columns[i][position] = Floats.get(activity, row + i);
      }
    }
    return columns;
  }

  @Override
  public void close() throws IOException {
    arena.close();
    Files.delete(file);
  }
}
