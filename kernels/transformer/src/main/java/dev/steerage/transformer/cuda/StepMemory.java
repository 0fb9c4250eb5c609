package dev.steerage.transformer.cuda;

import dev.steerage.ops.cuda.CudaDevice;
import dev.steerage.ops.cuda.DeviceMemory;
import dev.steerage.ops.cuda.PinnedMemory;
import dev.steerage.transformer.ModelConfig;
import dev.steerage.transformer.forward.Block;
import dev.steerage.transformer.forward.CodeLayout;
import dev.steerage.transformer.forward.CodebookGroup;
import dev.steerage.transformer.forward.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// All memory of one forward: activations, keys and values, scratch of the snap on the device; ids
/// and logits in memory of the host that the device writes to. Fixed when it is made.
final class StepMemory implements AutoCloseable {
  /// Candidates that a scan may leave per row and codebook.
  private static final int ENTRIES = 1024;

  private final List<Runnable> parts = new ArrayList<>();
  private final CodeLayout layout;
  private DeviceMemory device;
  private long bytes;

  long x;
  long h;

  /// Like `h`, for what runs beside the attention.
  long sideH;

  long qkv;
  long z;
  long a;
  long inner;
  long m;
  long last;
  long logits;
  long best;
  long largest;
  long sums;
  final SnapScratch scratch = new SnapScratch();

  /// The same, for what runs beside the attention.
  final SnapScratch sideScratch = new SnapScratch();

  final long[] keys;
  final long[] values;
  long natural;
  long effective;

  /// 0 where codes are not counted.
  long histogram;

  /// By site: where its counters begin.
  final long[] histogramAt;

  final PinnedMemory logitsToHost;

  /// Likeliest tokens, their logits, and sums for the normaliser; see [StepLogits].
  final PinnedMemory summaryToHost;

  /// Both null where ids stay on the device.
  final PinnedMemory naturalToHost;

  final PinnedMemory effectiveToHost;

  StepMemory(
      CudaDevice on,
      Weights weights,
      CodeLayout layout,
      int capacity,
      int logitsCapacity,
      int pages,
      CudaOptions options) {
    this.layout = layout;
    ModelConfig config = weights.config();
    int layers = config.layers();
    keys = new long[layers];
    values = new long[layers];
    histogramAt = new long[layout.sites()];
    long naturalBytes = (long) capacity * layout.naturalSize() * Integer.BYTES;
    long effectiveBytes = (long) capacity * layout.effectiveSize() * Integer.BYTES;
    plan(weights, capacity, logitsCapacity, pages, options);
    device = on.allocate("keys, values and activations of a batch", bytes);
    parts.forEach(Runnable::run);
    PinnedMemory pinnedLogits = null;
    PinnedMemory pinnedSummary = null;
    PinnedMemory pinnedNatural = null;
    PinnedMemory pinnedEffective = null;
    try {
      pinnedLogits = on.pinned("logits", (long) logitsCapacity * config.vocabulary() * Float.BYTES);
      pinnedSummary = on.pinned("likeliest tokens", StepLogits.bytes(logitsCapacity));
      best = pinnedSummary.address() + StepLogits.bestAt(logitsCapacity);
      largest = pinnedSummary.address() + StepLogits.largestAt(logitsCapacity);
      sums = pinnedSummary.address();
      if (options.idsToHost()) {
        pinnedNatural = on.pinned("natural ids", naturalBytes);
        pinnedEffective = on.pinned("effective ids", effectiveBytes);
        natural = pinnedNatural.address();
        effective = pinnedEffective.address();
      }
    } catch (RuntimeException e) {
      Stream.of(pinnedLogits, pinnedSummary, pinnedNatural, pinnedEffective)
          .filter(Objects::nonNull)
          .forEach(PinnedMemory::close);
      device.close();
      throw e;
    }
    logitsToHost = pinnedLogits;
    summaryToHost = pinnedSummary;
    naturalToHost = pinnedNatural;
    effectiveToHost = pinnedEffective;
  }

  private void plan(
      Weights weights, int capacity, int logitsCapacity, int pages, CudaOptions options) {
    ModelConfig config = weights.config();
    long rows = capacity;
    floats(rows * config.width(), at -> x = at);
    floats(rows * config.width(), at -> h = at);
    floats(rows * config.width(), at -> sideH = at);
    floats(rows * 3 * config.width(), at -> qkv = at);
    floats(rows * config.width(), at -> z = at);
    floats(rows * config.width(), at -> a = at);
    floats(rows * config.inner(), at -> inner = at);
    floats(rows * config.width(), at -> m = at);
    floats((long) logitsCapacity * config.width(), at -> last = at);
    floats((long) logitsCapacity * config.vocabulary(), at -> logits = at);
    plan(scratch, rows, weights.blocks().stream().flatMap(StepMemory::groups).toList());
    plan(sideScratch, rows, weights.blocks().stream().flatMap(StepMemory::sideGroups).toList());
    long cache = (long) pages * CudaForward.PAGE * config.heads() * config.headDim();
    long cacheBytes = cache * (options.bf16Cache() ? Short.BYTES : Float.BYTES);
    for (int layer = 0; layer < config.layers(); layer++) {
      int of = layer;
      bytes(cacheBytes, at -> keys[of] = at);
      bytes(cacheBytes, at -> values[of] = at);
    }
    if (!options.idsToHost()) {
      floats(rows * layout.naturalSize(), at -> natural = at);
      floats(rows * layout.effectiveSize(), at -> effective = at);
    }
    if (options.histograms()) {
      long counters = 0;
      for (int site = 0; site < layout.sites(); site++) {
        histogramAt[site] = counters;
        counters += weights.sites().get(site).codes();
      }
      floats(counters, at -> histogram = at);
    }
  }

  private void plan(SnapScratch to, long rows, List<CodebookGroup> groups) {
    int size = groups.stream().mapToInt(CodebookGroup::size).max().orElse(0);
    int elements = groups.stream().mapToInt(g -> g.size() * g.width()).max().orElse(0);
    floats(rows * elements, at -> to.normed = at);
    floats(rows * size, at -> to.slack = at);
    floats(rows * size * 2, at -> to.heads = at);
    floats(rows * size * ENTRIES * 2, at -> to.entries = at);
  }

  private static Stream<CodebookGroup> groups(Block block) {
    return Stream.of(
            block.qkvCodes(),
            block.attention(),
            block.attentionOutCodes(),
            block.both(),
            block.whole())
        .filter(Objects::nonNull);
  }

  private static Stream<CodebookGroup> sideGroups(Block block) {
    return Stream.of(block.mlpMid(), block.mlp()).filter(Objects::nonNull);
  }

  /// Says where a part lies once the memory is there.
  private interface Place {
    void at(long address);
  }

  /// Plans a part; floats and ints are of one size.
  private void floats(long count, Place place) {
    bytes(count * Float.BYTES, place);
  }

  private void bytes(long partBytes, Place place) {
    bytes += DeviceMemory.aligned(partBytes);
    parts.add(() -> place.at(device.take(partBytes)));
  }

  long bytes() {
    return device.bytes();
  }

  DeviceMemory device() {
    return device;
  }

  @Override
  public void close() {
    device.close();
    logitsToHost.close();
    summaryToHost.close();
    if (naturalToHost != null) {
      naturalToHost.close();
      effectiveToHost.close();
    }
  }
}
