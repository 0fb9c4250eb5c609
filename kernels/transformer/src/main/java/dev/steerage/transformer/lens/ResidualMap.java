package dev.steerage.transformer.lens;

import dev.steerage.domain.codebook.Component;
import dev.steerage.ops.Floats;
import dev.steerage.ops.linear.PackedLinear;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.forward.Block;
import dev.steerage.transformer.forward.CodebookGroup;
import dev.steerage.transformer.forward.Norm;
import dev.steerage.transformer.forward.Weights;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// From a code vector to what it adds to the residual stream, and from there to logits. For one
/// thread.
final class ResidualMap implements AutoCloseable {
  private final CodebookTransformer model;
  private final Weights weights;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment in;
  private final MemorySegment out;
  private final int[] one = new int[1];

  ResidualMap(CodebookTransformer model) {
    this.model = model;
    this.weights = model.weights();
    long widest =
        Math.max(
            Math.max(3L * weights.config().width(), weights.config().inner()),
            weights.config().vocabulary());
    in = arena.allocate(2 * widest * Float.BYTES, 64);
    out = arena.allocate(2 * widest * Float.BYTES, 64);
  }

  CodebookTransformer model() {
    return model;
  }

  /// The vector of a code.
  float[] vector(CodebookSite site, int code) {
    one[0] = code;
    CodebookGroup group = group(site);
    int index = site.index() - group.firstSite();
    weights.backend().snap().mean(group.codebooks()[index], one, 0, 1, 1, out, 0);
    return floats(out, 0, site.width());
  }

  private CodebookGroup group(CodebookSite site) {
    Block block = weights.blocks().get(site.site().layer());
    return switch (site.site().component()) {
      case ATTN -> block.attention();
      case ATTN_OUT -> block.attentionOutCodes();
      case QKV -> block.qkvCodes();
      case MLP_MID -> block.mlpMid();
      case MLP -> block.mlp();
      case ATTN_PLUS_MLP -> block.both();
      case BLOCK -> block.whole();
    };
  }

  /// What a vector at a site adds to the residual stream, biases left out; none: it acts through
  /// the attention scores only.
  Optional<float[]> residual(CodebookSite site, float[] vector) {
    Block block = weights.blocks().get(site.site().layer());
    int chunk = (site.index() - group(site).firstSite()) * site.width();
    return switch (site.site().component()) {
      case ATTN -> Optional.of(through(block.attentionOut(), vector, chunk));
      case MLP_MID -> Optional.of(through(block.down(), vector, chunk));
      case QKV -> Optional.empty();
      case ATTN_OUT, MLP, ATTN_PLUS_MLP, BLOCK -> {
        float[] whole = new float[weights.config().width()];
        System.arraycopy(vector, 0, whole, chunk, vector.length);
        yield Optional.of(whole);
      }
    };
  }

  /// `W x` without the bias, of an x that is zero but for the vector.
  private float[] through(PackedLinear linear, float[] vector, int chunk) {
    in.fill((byte) 0);
    for (int i = 0; i < vector.length; i++) {
      Floats.set(in, chunk + (long) i, vector[i]);
    }
    // Row 1 is all zero and gives the bias alone.
    weights.backend().linear().apply(linear, in, 0, linear.in(), 2, out, 0, linear.out());
    float[] result = new float[linear.out()];
    for (int i = 0; i < result.length; i++) {
      result[i] = Floats.get(out, i) - Floats.get(out, (long) linear.out() + i);
    }
    return result;
  }

  /// The logits of a vector of the residual stream: centred, scaled by the final norm's gamma and
  /// by `1 / deviation`, through the output head without its bias.
  float[] logits(float[] residual, double deviation) {
    Norm norm = weights.last();
    float[] scaled = new float[residual.length];
    double mean = 0;
    for (float each : residual) {
      mean += each;
    }
    mean /= residual.length;
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) ((residual[i] - mean) / deviation * Floats.get(norm.gamma(), i));
    }
    return through(weights.head(), scaled, 0);
  }

  /// What the head gives for the final norm's beta alone, its own bias included.
  float[] logitsOfBeta() {
    Norm norm = weights.last();
    int width = weights.config().width();
    for (int i = 0; i < width; i++) {
      Floats.set(in, i, Floats.get(norm.beta(), i));
    }
    PackedLinear head = weights.head();
    weights.backend().linear().apply(head, in, 0, head.in(), 1, out, 0, head.out());
    return floats(out, 0, head.out());
  }

  static float[] floats(MemorySegment from, long at, int count) {
    float[] copy = new float[count];
    for (int i = 0; i < count; i++) {
      copy[i] = Floats.get(from, at + i);
    }
    return copy;
  }

  /// Whether what this component writes is overwritten by a later codebook of the same block.
  static boolean isHidden(Block block, Component component) {
    return switch (component) {
      case QKV -> true;
      case ATTN ->
          block.attentionOutCodes() != null || block.both() != null || block.whole() != null;
      case MLP_MID -> block.mlp() != null || block.both() != null || block.whole() != null;
      case ATTN_OUT, MLP -> block.both() != null || block.whole() != null;
      case ATTN_PLUS_MLP -> block.whole() != null;
      case BLOCK -> false;
    };
  }

  @Override
  public void close() {
    arena.close();
  }
}
