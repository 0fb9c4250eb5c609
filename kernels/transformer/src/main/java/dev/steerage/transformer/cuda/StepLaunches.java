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
  private final Arena arena;
  private final List<Launch> launches = new ArrayList<>();

  StepLaunches(
      CudaModel model,
      Weights weights,
      CodeLayout layout,
      StepMemory memory,
      StepTable table,
      long words,
      int bucket,
      int logitsBucket,
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
    this.arena = arena;
  }

  Launch[] all() {
    embed();
    for (int layer = 0; layer < config.layers(); layer++) {
      block(layer, weights.blocks().get(layer), model.weights().blocks().get(layer));
    }
    head();
    return launches.toArray(Launch[]::new);
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
    norm(on.beforeAttention(), memory.x, memory.h);
    linear(on.qkv(), memory.h, memory.qkv, NO_FUNCTION);
    snap(block.qkvCodes(), on.qkvCodes(), memory.qkv, 3 * width);
    attention(layer, block);
    snap(block.attention(), on.attention(), memory.z, width);
    linear(on.attentionOut(), memory.z, memory.a, NO_FUNCTION);
    snap(block.attentionOutCodes(), on.attentionOutCodes(), memory.a, width);
    long mlpIn = memory.x;
    if (!weights.parallel()) {
      sum(memory.x, memory.a, memory.h);
      mlpIn = memory.h;
    }
    norm(on.beforeMlp(), mlpIn, memory.h);
    linear(on.up(), memory.h, memory.inner, function(weights.activation()));
    snap(block.mlpMid(), on.mlpMid(), memory.inner, config.inner());
    linear(on.down(), memory.inner, memory.m, NO_FUNCTION);
    snap(block.mlp(), on.mlp(), memory.m, width);
    if (block.both() != null) {
      sum(memory.a, memory.m, memory.a);
      snap(block.both(), on.both(), memory.a, width);
      sum(memory.x, memory.a, memory.x);
    } else {
      residual();
    }
    snap(block.whole(), on.whole(), memory.x, width);
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
            .block(256)
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
    if (rows > 32) {
      return launch("linear_bf16_wide")
          .grid(DeviceShapes.over(map.out(), 128), DeviceShapes.over(rows, 64), 1)
          .block(256);
    }
    int together = rows <= 8 ? 8 : rows <= 16 ? 16 : 32;
    return launch("linear_bf16_n" + together)
        .grid(DeviceShapes.over(map.out(), 16), DeviceShapes.over(rows, together), 1)
        .block(256);
  }

  private void attention(int layer, Block block) {
    QkvLayout at = weights.qkvLayout();
    int rowStride = 3 * config.width();
    add(
        launch("rotary_store")
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
        launch("attend")
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
  private void snap(CodebookGroup group, DeviceCodebooks on, long activation, int stride) {
    if (group != null) {
      scan(on, activation, stride);
      choose(on, activation, stride);
    }
  }

  private void scan(DeviceCodebooks on, long activation, int stride) {
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
    add(scratch(codebooks(scan, on)).pointer(table.rowCount()));
  }

  private void choose(DeviceCodebooks on, long activation, int stride) {
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
        scratch(codebooks(choose, on))
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
        .integer(layout.sites())
        .pointer(table.steeringAt())
        .pointer(words);
  }

  private Launch.Builder scratch(Launch.Builder launch) {
    return launch
        .pointer(memory.normed)
        .pointer(memory.slack)
        .pointer(memory.heads)
        .pointer(memory.entries);
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
    launches.add(launch.in(arena));
  }
}
