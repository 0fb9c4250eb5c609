package dev.steerage.transformer.cuda;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.steerage.ops.cuda.CudaStream;
import dev.steerage.ops.cuda.DeviceMemory;
import dev.steerage.ops.cuda.Launch;
import dev.steerage.ops.linear.PackedLinear;
import dev.steerage.ops.linear.UnpackedLinear;
import dev.steerage.ops.linear.WeightType;
import dev.steerage.ops.snap.PackedCodebook;
import dev.steerage.ops.snap.Similarity;
import dev.steerage.ops.snap.UnpackedCodebook;
import dev.steerage.transformer.ModelConfig;
import dev.steerage.transformer.forward.Block;
import dev.steerage.transformer.forward.CodebookGroup;
import dev.steerage.transformer.forward.Norm;
import dev.steerage.transformer.forward.Weights;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Brings a model to the device, where kernels pack it. The same walk without memory only counts
/// how much it takes, so that a model that does not fit is refused before anything is brought.
final class ModelUpload {
  private static final int BLOCK = 256;

  private final StepKernels kernels;
  private final CudaStream stream;

  /// Both null where bytes are only counted.
  private final DeviceMemory memory;

  private final DeviceMemory staging;
  private long bytes;
  private long stagingBytes;

  private ModelUpload(
      StepKernels kernels, CudaStream stream, DeviceMemory memory, DeviceMemory staging) {
    this.kernels = kernels;
    this.stream = stream;
    this.memory = memory;
    this.staging = staging;
  }

  /// Counts only.
  static ModelUpload counting() {
    return new ModelUpload(null, null, null, null);
  }

  /// @param memory of [#bytes] of a count
  /// @param staging of [#stagingBytes] of a count
  static ModelUpload to(
      StepKernels kernels, CudaStream stream, DeviceMemory memory, DeviceMemory staging) {
    return new ModelUpload(kernels, stream, memory, staging);
  }

  long bytes() {
    return bytes;
  }

  long stagingBytes() {
    return stagingBytes;
  }

  DeviceWeights upload(Weights weights) {
    ModelConfig config = weights.config();
    long rows = weights.rotary() == null ? 0 : weights.rotary().positions();
    long pairs = weights.rotary() == null ? 0 : weights.rotary().rotated() / 2;
    return new DeviceWeights(
        floats(weights.tokens(), (long) config.vocabulary() * config.width()),
        weights.positions() == null
            ? 0
            : floats(weights.positions(), (long) config.maxPositions() * config.width()),
        pairs == 0 ? 0 : floats(weights.rotary().cos(), rows * pairs),
        pairs == 0 ? 0 : floats(weights.rotary().sin(), rows * pairs),
        weights.blocks().stream().map(block -> block(block, config)).toList(),
        norm(weights.last(), config.width()),
        linear(weights.head()));
  }

  private DeviceBlock block(Block block, ModelConfig config) {
    return new DeviceBlock(
        norm(block.beforeAttention(), config.width()),
        linear(block.qkv()),
        linear(block.attentionOut()),
        norm(block.beforeMlp(), config.width()),
        linear(block.up()),
        linear(block.down()),
        codebooks(block.qkvCodes()),
        codebooks(block.attention()),
        codebooks(block.attentionOutCodes()),
        codebooks(block.mlpMid()),
        codebooks(block.mlp()),
        codebooks(block.both()),
        codebooks(block.whole()));
  }

  private DeviceNorm norm(Norm norm, int width) {
    return new DeviceNorm(floats(norm.gamma(), width), floats(norm.beta(), width), norm.eps());
  }

  private DeviceLinear linear(PackedLinear packed) {
    UnpackedLinear map = (UnpackedLinear) packed;
    int out = map.out();
    int in = map.in();
    long elements = (long) out * in;
    boolean wide = map.type() == WeightType.F32;
    long packedBytes =
        wide
            ? (long) DeviceShapes.up(out, 32) * in * Float.BYTES
            : (long) DeviceShapes.up(out, 16) * DeviceShapes.up(in, 32) * Short.BYTES;
    long to = take(packedBytes);
    long bias = map.biasOrNull() == null ? 0 : floats(map.biasOrNull(), out);
    stagingBytes = Math.max(stagingBytes, elements * Float.BYTES);
    if (memory != null) {
      staging.put(staging.address(), map.weight().asSlice(0, elements * Float.BYTES));
      long threads =
          wide
              ? elements
              : (long) DeviceShapes.up(out, 16) / 16 * (DeviceShapes.up(in, 32) / 32) * 64;
      pack(
          Launch.of(kernels.of(wide ? "pack_linear_f32" : "pack_linear_bf16"))
              .grid(Math.toIntExact((threads + BLOCK - 1) / BLOCK))
              .block(BLOCK)
              .pointer(staging.address())
              .integer(out)
              .integer(in)
              .pointer(to));
    }
    return new DeviceLinear(to, bias, out, in, map.type());
  }

  private DeviceCodebooks codebooks(CodebookGroup group) {
    if (group == null) {
      return null;
    }
    PackedCodebook first = group.codebooks()[0];
    int codes = first.codes();
    int width = group.width();
    int size = group.size();
    long count = (long) codes * width;
    long padded = DeviceShapes.up(codes, 16);
    long fragmentBytes = padded * DeviceShapes.up(width, 32) * Short.BYTES;
    boolean euclidean = first.similarity() == Similarity.EUCLIDEAN;
    DeviceCodebooks to =
        new DeviceCodebooks(
            group,
            codes,
            euclidean,
            take((long) size * width * Float.BYTES),
            take((long) size * width * Float.BYTES),
            take((long) size * Float.BYTES),
            take(size * count * Float.BYTES),
            take(size * fragmentBytes),
            take(size * padded * Float.BYTES),
            take((long) size * codes * Double.BYTES),
            take((long) size * 2 * Double.BYTES));
    if (memory == null) {
      return to;
    }
    for (int i = 0; i < size; i++) {
      UnpackedCodebook codebook = (UnpackedCodebook) group.codebooks()[i];
      Norm norm = group.norms()[i];
      long rowBytes = (long) width * Float.BYTES;
      memory.put(to.gamma() + i * rowBytes, norm.gamma().asSlice(0, rowBytes));
      memory.put(to.beta() + i * rowBytes, norm.beta().asSlice(0, rowBytes));
      long at = to.values() + i * count * Float.BYTES;
      memory.put(at, codebook.values().asSlice(0, count * Float.BYTES));
      try (Arena arena = Arena.ofConfined()) {
        memory.put(to.eps() + (long) i * Float.BYTES, arena.allocateFrom(JAVA_FLOAT, norm.eps()));
        memory.put(to.stats() + 2L * i * Double.BYTES, arena.allocateFrom(JAVA_DOUBLE, 0.0, 0.0));
      }
      pack(
          Launch.of(kernels.of("pack_codes"))
              .grid((int) (padded / 16))
              .block(128)
              .pointer(at)
              .integer(codes)
              .integer(width)
              .integer(euclidean ? 1 : 0)
              .pointer(to.fragments() + i * fragmentBytes)
              .pointer(to.start() + i * padded * Float.BYTES)
              .pointer(to.norms() + (long) i * codes * Double.BYTES)
              .pointer(to.stats() + 2L * i * Double.BYTES));
    }
    return to;
  }

  private void pack(Launch.Builder launch) {
    try (Arena arena = Arena.ofConfined()) {
      stream.launch(launch.in(arena));
      stream.await();
    }
  }

  private long floats(MemorySegment from, long count) {
    long to = take(count * Float.BYTES);
    if (memory != null) {
      memory.put(to, from.asSlice(0, count * Float.BYTES));
    }
    return to;
  }

  private long take(long partBytes) {
    bytes += DeviceMemory.aligned(partBytes);
    return memory == null ? 0 : memory.take(partBytes);
  }
}
