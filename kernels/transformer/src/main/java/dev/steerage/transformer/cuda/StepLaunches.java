package dev.steerage.transformer.cuda;

import dev.steerage.ops.activation.Activation;
import dev.steerage.ops.attention.KvLayout;
import dev.steerage.ops.cuda.Launch;
import dev.steerage.ops.linear.WeightType;
import dev.steerage.transformer.ModelConfig;
import dev.steerage.transformer.forward.Block;
import dev.steerage.transformer.forward.CodeLayout;
import dev.steerage.transformer.forward.CodebookGroup;
import dev.steerage.transformer.forward.QkvLayout;
import dev.steerage.transformer.forward.Weights;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/// The launches of one step for up to `bucket` rows, in order: what
/// [dev.steerage.transformer.forward.ForwardPass] calls, kernel by kernel. Grids are for the whole
/// bucket; rows that are not in use end at once.
final class StepLaunches {
  private static final int NO_FUNCTION = 0;
  private static final int WARPS_OF_LAYERNORM = 8;

  private final CudaModel model;
  private final Weights weights;
  private final ModelConfig config;
  private final CodeLayout layout;
  private final StepMemory memory;
  private final StepTable table;
  private final long words;
  private final int bucket;
  private final int logitsBucket;
  private final CudaOptions options;
  private final Arena arena;
  private final List<StepLaunch> launches = new ArrayList<>();
  private StepLaunch.Lane lane = StepLaunch.Lane.MAIN;

  StepLaunches(
      CudaModel model,
      Weights weights,
      CodeLayout layout,
      StepMemory memory,
      StepTable table,
      long words,
      int bucket,
      int logitsBucket,
      CudaOptions options,
      Arena arena) {
    this.model = model;
    this.weights = weights;
    this.config = weights.config();
    this.layout = layout;
    this.memory = memory;
    this.table = table;
    this.words = words;
    this.bucket = bucket;
    this.logitsBucket = logitsBucket;
    this.options = options;
    this.arena = arena;
  }

  StepLaunch[] all() {
    embed();
    for (int layer = 0; layer < config.layers(); layer++) {
      block(layer, weights.blocks().get(layer), model.weights().blocks().get(layer));
    }
    head();
    return launches.toArray(StepLaunch[]::new);
  }

  /// Only the snaps of the heads, of every layer on what the last step left in the residual stream:
  /// for measurements.
  StepLaunch[] snaps() {
    for (DeviceBlock on : model.weights().blocks()) {
      scan(on.attention(), memory.x, config.width(), memory.scratch);
      choose(on.attention(), memory.z, config.width(), memory.scratch);
    }
    return launches.toArray(StepLaunch[]::new);
  }

  private void embed() {
    add(
        launch("embed")
            .grid(bucket)
            .block(128)
            .pointer(model.weights().tokens())
            .pointer(model.weights().positions())
            .pointer(table.token())
            .pointer(table.position())
            .integer(config.width())
            .pointer(memory.x)
            .pointer(table.rowCount()));
  }

  private void block(int layer, Block block, DeviceBlock on) {
    int width = config.width();
    if (!weights.parallel()) {
      attention(layer, block, on);
      sum(memory.x, memory.a, memory.h);
      mlp(block, on, memory.h);
    } else if (options.branches()) {
      // Neither reads what the other writes.
      lane = StepLaunch.Lane.SIDE;
      mlp(block, on, memory.x);
      lane = StepLaunch.Lane.MAIN;
      attention(layer, block, on);
      lane = StepLaunch.Lane.JOINED;
    } else {
      attention(layer, block, on);
      mlp(block, on, memory.x);
    }
    if (block.both() != null) {
      sum(memory.a, memory.m, memory.a);
      snap(block.both(), on.both(), memory.a, width, memory.scratch);
      sum(memory.x, memory.a, memory.x);
    } else {
      residual();
    }
    snap(block.whole(), on.whole(), memory.x, width, memory.scratch);
  }

  private void attention(int layer, Block block, DeviceBlock on) {
    int width = config.width();
    norm(on.beforeAttention(), memory.x, memory.h);
    linear(on.qkv(), memory.h, memory.qkv, NO_FUNCTION);
    snap(block.qkvCodes(), on.qkvCodes(), memory.qkv, 3 * width, memory.scratch);
    attend(layer, block);
    snap(block.attention(), on.attention(), memory.z, width, memory.scratch);
    linear(on.attentionOut(), memory.z, memory.a, NO_FUNCTION);
    snap(block.attentionOutCodes(), on.attentionOutCodes(), memory.a, width, memory.scratch);
  }

  private void mlp(Block block, DeviceBlock on, long from) {
    norm(on.beforeMlp(), from, memory.sideH);
    linear(on.up(), memory.sideH, memory.inner, function(weights.activation()));
    snap(block.mlpMid(), on.mlpMid(), memory.inner, config.inner(), memory.sideScratch);
    linear(on.down(), memory.inner, memory.m, NO_FUNCTION);
    snap(block.mlp(), on.mlp(), memory.m, config.width(), memory.sideScratch);
  }

  private void head() {
    DeviceNorm norm = model.weights().last();
    add(
        normLaunch(norm, memory.x, memory.last, logitsBucket)
            .pointer(table.logitsOf())
            .pointer(table.logitsCount()));
    linear(
        model.weights().head(),
        memory.last,
        memory.logits,
        NO_FUNCTION,
        logitsBucket,
        table.logitsCount());
    add(
        launch("logits_summary")
            .grid(logitsBucket)
            .block(1024)
            .pointer(memory.logits)
            .integer(config.vocabulary())
            .integer(config.vocabulary())
            .pointer(memory.best)
            .pointer(memory.largest)
            .pointer(memory.sums)
            .pointer(table.logitsCount()));
  }

  private void norm(DeviceNorm norm, long from, long to) {
    add(normLaunch(norm, from, to, bucket).pointer(0).pointer(table.rowCount()));
  }

  private Launch.Builder normLaunch(DeviceNorm norm, long from, long to, int rows) {
    int width = config.width();
    return launch("layernorm")
        .grid(DeviceShapes.over(rows, WARPS_OF_LAYERNORM))
        .block(128)
        .pointer(from)
        .integer(width)
        .pointer(norm.gamma())
        .pointer(norm.beta())
        .integer(width)
        .real(norm.eps())
        .pointer(to)
        .integer(width);
  }

  private void linear(DeviceLinear map, long from, long to, int function) {
    linear(map, from, to, function, bucket, table.rowCount());
  }

  private void linear(DeviceLinear map, long from, long to, int function, int rows, long count) {
    add(
        linearGrid(map, rows)
            .pointer(map.weight())
            .pointer(map.bias())
            .pointer(from)
            .integer(map.in())
            .pointer(to)
            .integer(map.out())
            .integer(map.out())
            .integer(map.in())
            .integer(function)
            .pointer(count));
  }

  private Launch.Builder linearGrid(DeviceLinear map, int rows) {
    if (map.type() == WeightType.F32) {
      int together = rows == 1 ? 1 : 8;
      return launch("linear_f32_r" + together)
          .grid(DeviceShapes.over(map.out(), 128), DeviceShapes.over(rows, together), 1)
          .block(128);
    }
    LinearShape shape = LinearShape.of(model.device().multiprocessors(), map.out(), rows);
    return launch("linear_bf16_" + shape.variant())
        .grid(shape.blocksOfOutputs(), shape.blocksOfRows(), 1)
        .block(256);
  }

  private void attend(int layer, Block block) {
    QkvLayout at = weights.qkvLayout();
    int rowStride = 3 * config.width();
    String cache = options.bf16Cache() ? "_bf16" : "";
    add(
        launch("rotary_store" + cache)
            .grid(bucket)
            .block(256)
            .pointer(memory.qkv)
            .integer(rowStride)
            .integer(config.heads())
            .integer(config.headDim())
            .integer(at.keyOffset())
            .integer(at.valueOffset())
            .integer(at.headStride())
            .pointer(model.weights().cos())
            .pointer(model.weights().sin())
            .integer(weights.rotary() == null ? 0 : weights.rotary().rotated())
            .pointer(table.position())
            .pointer(table.pageTable())
            .pointer(table.pagesFrom())
            .pointer(memory.keys[layer])
            .pointer(memory.values[layer])
            .integer(KvLayout.TILE)
            .pointer(table.rowCount()));
    add(
        launch("attend" + cache)
            .grid(config.heads(), bucket, 1)
            .block(256)
            .shared(4 * config.headDim())
            .pointer(memory.qkv)
            .integer(rowStride)
            .integer(config.heads())
            .integer(config.headDim())
            .integer(at.headStride())
            .pointer(memory.keys[layer])
            .pointer(memory.values[layer])
            .integer(KvLayout.TILE)
            .pointer(table.pageTable())
            .pointer(table.pagesFrom())
            .pointer(table.position())
            .integer(block.window())
            .real(block.scale())
            .pointer(memory.z)
            .integer(config.width())
            .pointer(table.rowCount()));
  }

  /// @param group null where the block, or this view of the model, has no codebooks here
  private void snap(
      CodebookGroup group, DeviceCodebooks on, long activation, int stride, SnapScratch scratch) {
    if (group != null) {
      scan(on, activation, stride, scratch);
      choose(on, activation, stride, scratch);
    }
  }

  private void scan(DeviceCodebooks on, long activation, int stride, SnapScratch scratch) {
    ScanShape shape = ScanShape.of(model.device(), on, bucket);
    Launch.Builder scan =
        Launch.of(model.kernels().of("snap_scan_n" + shape.rows(), shape.sharedBytes()))
            .grid(shape.splits(), on.group().size(), DeviceShapes.over(bucket, shape.rows()))
            .block(256)
            .shared(shape.sharedBytes())
            .pointer(activation)
            .integer(stride)
            .integer(0)
            .pointer(on.gamma())
            .pointer(on.beta())
            .pointer(on.eps())
            .pointer(on.fragments())
            .pointer(on.start())
            .pointer(on.stats());
    add(scratch(codebooks(scan, on), scratch).pointer(table.rowCount()));
  }

  private void choose(DeviceCodebooks on, long activation, int stride, SnapScratch scratch) {
    int site = on.group().firstSite();
    Launch.Builder choose =
        launch("snap_choose")
            .grid(on.group().size(), bucket, 1)
            .block(128)
            .pointer(activation)
            .integer(stride)
            .integer(0)
            .pointer(on.values())
            .pointer(on.norms());
    add(
        scratch(codebooks(choose, on), scratch)
            .pointer(memory.natural)
            .integer(layout.naturalSize())
            .integer(layout.naturalAt(site))
            .pointer(memory.effective)
            .integer(layout.effectiveSize())
            .integer(layout.effectiveAt(site))
            .pointer(histogram(site, on.codes()))
            .pointer(memory.histogram == 0 ? 0 : table.histogramAt())
            .pointer(table.rowCount()));
  }

  private Launch.Builder codebooks(Launch.Builder launch, DeviceCodebooks on) {
    return launch
        .integer(on.codes())
        .integer(on.group().width())
        .integer(on.group().activeCodes())
        .integer(on.euclidean() ? 1 : 0)
        .integer(on.group().firstSite())
        .pointer(table.steeringAt())
        .pointer(words);
  }

  private static Launch.Builder scratch(Launch.Builder launch, SnapScratch scratch) {
    return launch
        .pointer(scratch.normed)
        .pointer(scratch.slack)
        .pointer(scratch.heads)
        .pointer(scratch.entries);
  }

  /// The kernel counts at `site * codes + id`; sites may differ in how many codes they have.
  private long histogram(int site, int codes) {
    return memory.histogram == 0
        ? 0
        : memory.histogram + (memory.histogramAt[site] - (long) site * codes) * Integer.BYTES;
  }

  private void sum(long left, long right, long to) {
    add(
        launch("sum")
            .grid(bucket)
            .block(256)
            .pointer(left)
            .pointer(right)
            .pointer(to)
            .integer(config.width())
            .pointer(table.rowCount()));
  }

  private void residual() {
    add(
        launch("residual")
            .grid(bucket)
            .block(256)
            .pointer(memory.x)
            .pointer(memory.a)
            .pointer(memory.m)
            .integer(config.width())
            .pointer(table.rowCount()));
  }

  private static int function(Activation activation) {
    return switch (activation) {
      case GELU_ERF -> 1;
      case GELU_TANH -> 2;
    };
  }

  private Launch.Builder launch(String kernel) {
    return Launch.of(model.kernels().of(kernel));
  }

  private void add(Launch.Builder launch) {
    launches.add(new StepLaunch(launch.in(arena), lane));
    if (lane == StepLaunch.Lane.JOINED) {
      lane = StepLaunch.Lane.MAIN;
    }
  }
}
