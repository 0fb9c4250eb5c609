package dev.steerage.benchmarks.speed;

import dev.steerage.domain.codebook.Component;
import dev.steerage.domain.codebook.Site;
import dev.steerage.ops.Backend;
import dev.steerage.ops.Floats;
import dev.steerage.ops.activation.Activation;
import dev.steerage.ops.linear.PackedLinear;
import dev.steerage.ops.linear.WeightType;
import dev.steerage.ops.rotary.RotaryTable;
import dev.steerage.ops.snap.PackedCodebook;
import dev.steerage.ops.snap.Similarity;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.ModelConfig;
import dev.steerage.transformer.forward.Block;
import dev.steerage.transformer.forward.CodebookGroup;
import dev.steerage.transformer.forward.Norm;
import dev.steerage.transformer.forward.QkvLayout;
import dev.steerage.transformer.forward.Weights;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/// A GPT-NeoX model of random weights, made in memory; with codebooks on the heads if wanted. Every
/// weight has memory of its own, though many repeat the same numbers.
final class RandomModel {
  static final int CODES = 10_000;
  static final int ACTIVE = 8;
  static final int POSITIONS = 1024;
  private static final float SCALE = 0.02f;

  private final Shape shape;
  private final Backend backend;
  private final WeightType type;
  private final boolean codebooks;
  private final Arena arena;
  private final MemorySegment numbers;
  private final List<CodebookSite> sites = new ArrayList<>();

  private RandomModel(
      Shape shape, Backend backend, WeightType type, boolean codebooks, Arena arena) {
    this.shape = shape;
    this.backend = backend;
    this.type = type;
    this.codebooks = codebooks;
    this.arena = arena;
    numbers = normal(arena, (long) shape.vocabulary() * shape.width());
  }

  static Weights of(Shape shape, Backend backend, WeightType type, boolean codebooks, Arena arena) {
    return new RandomModel(shape, backend, type, codebooks, arena).weights();
  }

  /// Sums of four evenly spread numbers: near enough to normal, and quick to make.
  static MemorySegment normal(Arena arena, long elements) {
    SplittableRandom random = new SplittableRandom(7);
    MemorySegment tensor = arena.allocate(elements * Float.BYTES, 64);
    for (long i = 0; i < elements; i++) {
      long bits = random.nextLong();
      int sum =
          (short) bits + (short) (bits >>> 16) + (short) (bits >>> 32) + (short) (bits >>> 48);
      Floats.set(tensor, i, sum / 37837f);
    }
    return tensor;
  }

  private Weights weights() {
    int width = shape.width();
    int headDim = width / shape.heads();
    ModelConfig config =
        new ModelConfig(
            "gpt_neox",
            shape.vocabulary(),
            shape.layers(),
            shape.heads(),
            headDim,
            width,
            shape.inner(),
            POSITIONS,
            OptionalInt.empty(),
            OptionalInt.empty());
    List<Block> blocks = new ArrayList<>();
    for (int layer = 0; layer < shape.layers(); layer++) {
      blocks.add(
          new Block(
              norm(width),
              linear(3 * width, width),
              linear(width, width),
              norm(width),
              linear(shape.inner(), width),
              linear(width, shape.inner()),
              (float) (1 / Math.sqrt(headDim)),
              Integer.MAX_VALUE,
              null,
              codebooks ? group(layer, headDim) : null,
              null,
              null,
              null,
              null,
              null));
    }
    return new Weights(
        config,
        backend,
        sites,
        numbers,
        null,
        RotaryTable.of(headDim / 4, 10_000, POSITIONS, arena),
        Activation.GELU_ERF,
        true,
        QkvLayout.interleaved(headDim),
        blocks,
        norm(width),
        linear(shape.vocabulary(), width));
  }

  private PackedLinear linear(int out, int in) {
    MemorySegment bias = arena.allocate((long) out * Float.BYTES, 64);
    return backend.linear().pack(numbers, bias, out, in, type, arena);
  }

  private Norm norm(int width) {
    MemorySegment gamma = arena.allocate((long) width * Float.BYTES, 64);
    for (int i = 0; i < width; i++) {
      Floats.set(gamma, i, SCALE);
    }
    return new Norm(gamma, arena.allocate((long) width * Float.BYTES, 64), 1e-5f);
  }

  private CodebookGroup group(int layer, int headDim) {
    int first = sites.size();
    Norm[] norms = new Norm[shape.heads()];
    Arrays.setAll(norms, head -> norm(headDim));
    PackedCodebook[] books = new PackedCodebook[shape.heads()];
    for (int head = 0; head < books.length; head++) {
      long bytes = (long) CODES * headDim * Float.BYTES;
      MemorySegment codes = arena.allocate(bytes, 64);
      // Other codes for every head, as far as the numbers reach.
      long from = (sites.size() * 4096L * Float.BYTES) % (numbers.byteSize() - bytes);
      MemorySegment.copy(numbers, from, codes, 0, bytes);
      books[head] = backend.snap().pack(codes, CODES, headDim, Similarity.INNER_PRODUCT, arena);
      Site site = new Site(layer, Component.ATTN, head);
      sites.add(new CodebookSite(sites.size(), site, CODES, ACTIVE, headDim));
    }
    return new CodebookGroup(first, headDim, ACTIVE, norms, books);
  }
}
