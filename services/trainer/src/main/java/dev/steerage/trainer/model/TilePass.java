package dev.steerage.trainer.model;

import static dev.steerage.trainer.model.PackedModel.slice;

import dev.steerage.domain.codebook.Component;
import dev.steerage.ops.TrainingBackend;
import dev.steerage.ops.crossentropy.CrossEntropyKernel;
import dev.steerage.ops.product.Matrix;
import dev.steerage.ops.product.ProductKernel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Forward and backward of a few sequences on one thread, in one fixed order.
///
/// Gradients are added to the block that is handed in; so the tiles of a batch, each with the same
/// sequences whatever the number of threads, give the same bits.
public final class TilePass {
  private final Blueprint blueprint;
  private final ModelShape shape;
  private final TrainingBackend backend;
  private final SnapPass snap;
  private final Tile tile;
  private final AttentionPass attention;
  private final Precision precision;
  private Wanted wanted = Wanted.ALL;
  private int rows;
  private boolean rounding;

  /// @param raised most codes that a [CodeRule] will ever raise a placement to
  /// @param precision of [#train] and [#backward]
  public TilePass(
      Blueprint blueprint,
      TrainingBackend backend,
      int raised,
      int sequences,
      int length,
      Precision precision,
      Arena arena) {
    this.blueprint = blueprint;
    this.shape = blueprint.shape();
    this.backend = backend;
    this.precision = precision;
    snap = new SnapPass(backend);
    tile = new Tile(blueprint, raised, sequences, length, arena);
    attention = new AttentionPass(shape, backend, tile, arena);
  }

  /// Lets [#backward] make these gradients alone from now on.
  public void only(Wanted gradients) {
    wanted = gradients;
  }

  /// As [#forward], at the precision of the training.
  public void train(PackedModel model, Batch batch, int first, int count, CodeRule rule) {
    rounding = precision == Precision.BF16;
    try {
      forward(model, batch, first, count, rule);
    } finally {
      rounding = false;
    }
  }

  /// Runs the sequences `[first, first + count)` of a batch up to the logits.
  ///
  /// @param rule how many codes are active; codebooks are applied where the model is packed with
  ///   them
  public void forward(PackedModel model, Batch batch, int first, int count, CodeRule rule) {
    rows = count * tile.length;
    batch.tokens(first, count, tile.tokens);
    for (int r = 0; r < rows; r++) {
      int target = batch.target(first + r / tile.length, r % tile.length);
      tile.targets.setAtIndex(ValueLayout.JAVA_INT, r, target);
    }
    embed(model.parameters());
    for (int layer = 0; layer < shape.layers(); layer++) {
      forward(model, layer, rule);
    }
    norm(model.parameters(), blueprint.last(), tile.x, tile.h);
    apply(model, blueprint.head(), tile.h, tile.logits, shape.vocabulary());
  }

  /// The logits of the last forward, `[rows, vocabulary]`, until [#loss] turns them into gradients.
  public MemorySegment logits() {
    return tile.logits;
  }

  /// What a place of a layer was given in the last forward: the input of its snap.
  MemorySegment input(int layer, Component component) {
    LayerBuffers at = tile.layers.get(layer);
    return switch (component) {
      case ATTN -> at.z;
      case ATTN_OUT -> at.a;
      case MLP_MID -> at.act;
      case MLP -> at.m;
      case BLOCK -> at.whole;
      case QKV -> at.qkv;
      case ATTN_PLUS_MLP -> at.both;
    };
  }

  int rows() {
    return rows;
  }

  SnapPass snap() {
    return snap;
  }

  SnapBuffers snapped(int layer, Component component) {
    return tile.layers.get(layer).snaps.get(component);
  }

  /// Counts the codes that the last forward has chosen.
  public void count(CodeRule rule, Usage usage) {
    for (int layer = 0; layer < shape.layers(); layer++) {
      LayerBuffers at = tile.layers.get(layer);
      for (var entry : blueprint.blocks().get(layer).codebooks().entrySet()) {
        CodebookMap map = entry.getValue();
        int active = rule.active(map.placement());
        int each = rows * active;
        for (int i = 0; i < map.placement().codebooks(); i++) {
          long[] counts = usage.of(map.firstSite() + i);
          long from = SnapBuffers.idsAt(i, rows, active);
          MemorySegment ids = at.snaps.get(entry.getKey()).ids;
          for (int n = 0; n < each; n++) {
            counts[ids.getAtIndex(ValueLayout.JAVA_INT, from + n)]++;
          }
        }
      }
    }
  }

  /// Adds up loss and hits of the last forward; logits become gradients.
  ///
  /// @param scale 1 / the number of targets in the batch
  public void loss(float scale, Tally tally) {
    backend
        .crossEntropy()
        .apply(
            tile.logits,
            0,
            shape.vocabulary(),
            rows,
            shape.vocabulary(),
            tile.targets,
            scale,
            tile.parts);
    for (int r = 0; r < rows; r++) {
      if (tile.targets.getAtIndex(ValueLayout.JAVA_INT, r) >= 0) {
        double above = tile.parts.getAtIndex(ValueLayout.JAVA_DOUBLE, 2L * r);
        tally.add(CrossEntropyKernel.loss(tile.parts, r), above == 0);
      }
    }
  }

  /// Adds the gradients of the last forward and [#loss] to `gradients`, laid out as the parameters.
  public void backward(PackedModel model, CodeRule rule, MemorySegment gradients) {
    gradientOfMap(model, blueprint.head(), tile.h, tile.logits, tile.dh, gradients);
    gradientOfNorm(model, blueprint.last(), tile.x, tile.dh, tile.dx, false, gradients);
    for (int layer = shape.layers() - 1; layer >= Math.max(0, wanted.lowestLayer()); layer--) {
      backward(model, layer, rule, gradients);
    }
    if (wanted.embeddings()) {
      gradientOfEmbeddings(gradients);
    }
  }

  private void gradientOfEmbeddings(MemorySegment gradients) {
    int width = shape.width();
    MemorySegment dtokens = slice(gradients, blueprint.tokens());
    Parameter positions = blueprint.positionsOrNull();
    for (int r = 0; r < rows; r++) {
      long from = (long) r * width;
      add(tile.dx, from, dtokens, (long) tile.tokens[r] * width, width);
      if (positions != null) {
        long at = (long) tile.positions[r] * width;
        add(tile.dx, from, slice(gradients, positions), at, width);
      }
    }
  }

  private void embed(MemorySegment parameters) {
    int width = shape.width();
    MemorySegment tokens = slice(parameters, blueprint.tokens());
    MemorySegment x = tile.layers.getFirst().x;
    Parameter positions = blueprint.positionsOrNull();
    for (int r = 0; r < rows; r++) {
      long at = (long) r * width;
      MemorySegment.copy(
          tokens,
          (long) tile.tokens[r] * width * Float.BYTES,
          x,
          at * Float.BYTES,
          (long) width * Float.BYTES);
      if (positions != null) {
        add(slice(parameters, positions), (long) tile.positions[r] * width, x, at, width);
      }
    }
  }

  private void forward(PackedModel model, int layer, CodeRule rule) {
    BlockMap block = blueprint.blocks().get(layer);
    LayerBuffers at = tile.layers.get(layer);
    int width = shape.width();
    norm(model.parameters(), block.beforeAttention(), at.x, at.h1);
    for (LinearMap part : block.qkv()) {
      apply(model, part, at.h1, at.qkv, 3 * width);
    }
    MemorySegment qkv = snapped(model, block, at, Component.QKV, at.qkv, rule);
    if (at.rotated != at.qkv) {
      // Rotated in place: the codes' means have to stay as they are for the backward pass.
      MemorySegment.copy(qkv, 0, at.rotated, 0, bytes(3 * width));
    }
    attention.forward(layer, at, rows);
    MemorySegment z = snapped(model, block, at, Component.ATTN, at.z, rule);
    apply(model, block.attentionOut(), z, at.a, width);
    MemorySegment a = snapped(model, block, at, Component.ATTN_OUT, at.a, rule);
    if (!shape.parallel()) {
      sum(at.x, a, at.middle);
    }
    norm(model.parameters(), block.beforeMlp(), at.middle, at.h2);
    apply(model, block.up(), at.h2, at.pre, shape.inner());
    MemorySegment.copy(at.pre, 0, at.act, 0, bytes(shape.inner()));
    backend
        .forward()
        .activation()
        .apply(shape.activation(), at.act, 0, shape.inner(), rows, shape.inner());
    MemorySegment act = snapped(model, block, at, Component.MLP_MID, at.act, rule);
    apply(model, block.down(), act, at.m, width);
    MemorySegment m = snapped(model, block, at, Component.MLP, at.m, rule);
    MemorySegment next = next(layer);
    MemorySegment sum = at.whole == null ? next : at.whole;
    if (at.both != null) {
      sum(a, m, at.both);
      sum(at.x, snapped(model, block, at, Component.ATTN_PLUS_MLP, at.both, rule), sum);
    } else if (shape.parallel()) {
      sum(at.x, a, sum);
      add(m, 0, sum, 0, rows * width);
    } else {
      sum(at.middle, m, sum);
    }
    if (at.whole != null) {
      MemorySegment out = snapped(model, block, at, Component.BLOCK, at.whole, rule);
      MemorySegment.copy(out, 0, next, 0, bytes(width));
    }
  }

  private MemorySegment next(int layer) {
    return layer + 1 < shape.layers() ? tile.layers.get(layer + 1).x : tile.x;
  }

  /// The activation after its codebook, or itself where there is none.
  private MemorySegment snapped(
      PackedModel model,
      BlockMap block,
      LayerBuffers at,
      Component component,
      MemorySegment activation,
      CodeRule rule) {
    CodebookMap map = block.codebooks().get(component);
    if (map == null || !model.isSnapped()) {
      return activation;
    }
    SnapBuffers to = at.snaps.get(component);
    snap.forward(model, map, activation, rows, rule.active(map.placement()), to, tile);
    return to.out;
  }

  private MemorySegment outOf(
      PackedModel model, LayerBuffers at, Component component, MemorySegment activation) {
    SnapBuffers snaps = at.snaps.get(component);
    return snaps == null || !model.isSnapped() ? activation : snaps.out;
  }

  private void backward(PackedModel model, int layer, CodeRule rule, MemorySegment gradients) {
    BlockMap block = blueprint.blocks().get(layer);
    LayerBuffers at = tile.layers.get(layer);
    int width = shape.width();
    unsnap(model, block, at, Component.BLOCK, at.whole, rule, tile.dx, gradients);
    MemorySegment.copy(tile.dx, 0, tile.dm, 0, bytes(width));
    unsnap(model, block, at, Component.ATTN_PLUS_MLP, at.both, rule, tile.dm, gradients);
    MemorySegment.copy(tile.dm, 0, tile.da, 0, bytes(width));
    unsnap(model, block, at, Component.MLP, at.m, rule, tile.dm, gradients);
    MemorySegment act = outOf(model, at, Component.MLP_MID, at.act);
    gradientOfMap(model, block.down(), act, tile.dm, tile.dinner, gradients);
    unsnap(model, block, at, Component.MLP_MID, at.act, rule, tile.dinner, gradients);
    int inner = shape.inner();
    backend
        .activationBackward()
        .apply(shape.activation(), at.pre, 0, inner, tile.dinner, 0, inner, rows, inner);
    gradientOfMap(model, block.up(), at.h2, tile.dinner, tile.dh, gradients);
    if (shape.parallel()) {
      gradientOfNorm(model, block.beforeMlp(), at.middle, tile.dh, tile.dx, true, gradients);
    } else {
      // The MLP read x plus attention: what it asks for goes to both.
      gradientOfNorm(model, block.beforeMlp(), at.middle, tile.dh, tile.dm, false, gradients);
      add(tile.dm, 0, tile.dx, 0, rows * width);
      add(tile.dm, 0, tile.da, 0, rows * width);
    }
    unsnap(model, block, at, Component.ATTN_OUT, at.a, rule, tile.da, gradients);
    MemorySegment z = outOf(model, at, Component.ATTN, at.z);
    gradientOfMap(model, block.attentionOut(), z, tile.da, tile.dm, gradients);
    unsnap(model, block, at, Component.ATTN, at.z, rule, tile.dm, gradients);
    attention.backward(layer, at, rows);
    unsnap(model, block, at, Component.QKV, at.qkv, rule, tile.dqkv, gradients);
    boolean first = true;
    for (LinearMap part : block.qkv()) {
      gradientOfMap(model, part, at.h1, tile.dqkv, 3 * width, tile.dh, !first, gradients);
      first = false;
    }
    gradientOfNorm(model, block.beforeAttention(), at.x, tile.dh, tile.dx, true, gradients);
  }

  private void unsnap(
      PackedModel model,
      BlockMap block,
      LayerBuffers at,
      Component component,
      MemorySegment input,
      CodeRule rule,
      MemorySegment gradient,
      MemorySegment gradients) {
    CodebookMap map = block.codebooks().get(component);
    if (map != null && model.isSnapped()) {
      int active = rule.active(map.placement());
      SnapBuffers from = at.snaps.get(component);
      snap.backward(model, map, input, rows, active, from, rule, gradient, gradients);
    }
  }

  private void norm(MemorySegment parameters, NormMap norm, MemorySegment x, MemorySegment y) {
    snap.normalise(parameters, norm, x, 0, norm.width(), rows, y);
  }

  private void apply(
      PackedModel model, LinearMap map, MemorySegment x, MemorySegment y, int yStride) {
    if (rounding) {
      rounded(model.parameters(), map, x, y, yStride);
      return;
    }
    backend
        .forward()
        .linear()
        .apply(model.map(map), x, 0, map.in(), rows, y, map.toColumn(), yStride);
  }

  private void rounded(
      MemorySegment parameters, LinearMap map, MemorySegment x, MemorySegment y, int yStride) {
    int out = map.out();
    int in = map.in();
    if (map.biasOrNull() != null) {
      MemorySegment bias = slice(parameters, map.biasOrNull());
      for (int r = 0; r < rows; r++) {
        long at = map.toColumn() + (long) r * yStride;
        MemorySegment.copy(bias, 0, y, at * Float.BYTES, (long) out * Float.BYTES);
      }
    }
    MemorySegment weight = slice(parameters, map.weight());
    Matrix stored =
        map.transposed() ? Matrix.rows(weight, 0, out) : Matrix.rows(weight, 0, in).transposed();
    Matrix given = Matrix.rows(x, 0, in);
    backend
        .roundedProduct()
        .multiply(
            given, stored, y, map.toColumn(), yStride, rows, out, in, map.biasOrNull() != null);
  }

  private void gradientOfMap(
      PackedModel model,
      LinearMap map,
      MemorySegment x,
      MemorySegment dy,
      MemorySegment dx,
      MemorySegment gradients) {
    gradientOfMap(model, map, x, dy, map.out(), dx, false, gradients);
  }

  private void gradientOfMap(
      PackedModel model,
      LinearMap map,
      MemorySegment x,
      MemorySegment dy,
      int dyStride,
      MemorySegment dx,
      boolean accumulate,
      MemorySegment gradients) {
    int out = map.out();
    int in = map.in();
    Matrix up = Matrix.rows(dy, map.toColumn(), dyStride);
    MemorySegment weight = slice(model.parameters(), map.weight());
    Matrix stored =
        map.transposed() ? Matrix.rows(weight, 0, out).transposed() : Matrix.rows(weight, 0, in);
    ProductKernel products =
        precision == Precision.BF16 ? backend.roundedProduct() : backend.product();
    products.multiply(up, stored, dx, 0, in, rows, in, out, accumulate);
    if (!wanted.has(map)) {
      return;
    }
    Matrix given = Matrix.rows(x, 0, in);
    MemorySegment dweight = slice(gradients, map.weight());
    if (map.transposed()) {
      products.multiply(given.transposed(), up, dweight, 0, out, in, out, rows, true);
    } else {
      products.multiply(up.transposed(), given, dweight, 0, in, out, in, rows, true);
    }
    if (map.biasOrNull() != null) {
      MemorySegment dbias = slice(gradients, map.biasOrNull());
      backend.reduction().columns(dy, map.toColumn(), dyStride, rows, out, dbias, 0);
    }
  }

  private void gradientOfNorm(
      PackedModel model,
      NormMap norm,
      MemorySegment x,
      MemorySegment dy,
      MemorySegment dx,
      boolean accumulate,
      MemorySegment gradients) {
    int width = norm.width();
    backend
        .layerNormBackward()
        .apply(
            x,
            0,
            width,
            rows,
            width,
            slice(model.parameters(), norm.gain()),
            norm.eps(),
            dy,
            0,
            width,
            dx,
            0,
            width,
            accumulate,
            slice(gradients, norm.gain()),
            slice(gradients, norm.bias()));
  }

  private void sum(MemorySegment left, MemorySegment right, MemorySegment out) {
    MemorySegment.copy(left, 0, out, 0, bytes(shape.width()));
    add(right, 0, out, 0, rows * shape.width());
  }

  private void add(MemorySegment from, long fromAt, MemorySegment to, long toAt, int count) {
    backend.reduction().add(from, fromAt, count, to, toAt, count, 1, count);
  }

  private long bytes(int width) {
    return (long) rows * width * Float.BYTES;
  }
}
