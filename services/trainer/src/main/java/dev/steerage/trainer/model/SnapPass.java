package dev.steerage.trainer.model;

import static dev.steerage.trainer.model.PackedModel.slice;

import dev.steerage.ops.TrainingBackend;
import dev.steerage.ops.snap.StraightThroughKernel.Block;
import dev.steerage.ops.snap.StraightThroughKernel.Choice;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// The snap of one tile and its straight-through gradient.
final class SnapPass {
  private final TrainingBackend backend;

  SnapPass(TrainingBackend backend) {
    this.backend = backend;
  }

  /// Codes of every row of `x`, `[rows, width of the place]`, into the buffers.
  ///
  /// @param active codes active per token now
  void forward(
      PackedModel model,
      CodebookMap map,
      MemorySegment x,
      int rows,
      int active,
      SnapBuffers to,
      Tile tile) {
    Placement placement = map.placement();
    int width = placement.width();
    int stride = placement.codebooks() * width;
    for (int i = 0; i < placement.codebooks(); i++) {
      long from = (long) i * width;
      NormMap norm = map.norms().get(i);
      normalise(model.parameters(), norm, x, from, stride, rows, to.u);
      Arrays.fill(tile.depth, 0, rows, active);
      backend
          .forward()
          .snap()
          .scan(
              model.codebook(map.firstSite() + i),
              to.u,
              from,
              stride,
              rows,
              tile.depth,
              tile.scanned,
              0,
              active);
      long ids = SnapBuffers.idsAt(i, rows, active);
      MemorySegment.copy(
          tile.scanned, 0, to.ids, ValueLayout.JAVA_INT, ids * Integer.BYTES, rows * active);
      backend
          .straightThrough()
          .mean(
              slice(model.parameters(), map.codes().get(i)),
              0,
              placement.codes(),
              width,
              new Choice(to.ids, ids, active, rows, active),
              new Block(to.out, from, stride));
    }
  }

  /// The layer-normalised inputs alone, for those who look for codes.
  void normalise(
      MemorySegment parameters,
      NormMap norm,
      MemorySegment x,
      long from,
      int stride,
      int rows,
      MemorySegment u) {
    backend
        .forward()
        .layerNorm()
        .apply(
            x,
            from,
            stride,
            rows,
            norm.width(),
            slice(parameters, norm.gain()),
            slice(parameters, norm.bias()),
            norm.eps(),
            u,
            from,
            stride);
  }

  /// Turns the gradient of the snap's output into that of its input `x`, in place.
  void backward(
      PackedModel model,
      CodebookMap map,
      MemorySegment x,
      int rows,
      int active,
      SnapBuffers from,
      CodeRule rule,
      MemorySegment gradient,
      MemorySegment gradients) {
    Placement placement = map.placement();
    int width = placement.width();
    int stride = placement.codebooks() * width;
    if (rule.redundancy() > 0) {
      Redundancy.add(
          from.out, gradient, rows, placement.codebooks(), width, rule.redundancy(), rule.tokens());
    }
    for (int i = 0; i < placement.codebooks(); i++) {
      long at = (long) i * width;
      long ids = SnapBuffers.idsAt(i, rows, active);
      backend
          .straightThrough()
          .backward(
              new Block(from.u, at, stride),
              new Block(from.out, at, stride),
              new Block(gradient, at, stride),
              width,
              new Choice(from.ids, ids, active, rows, active),
              rule.loss().task(active),
              rule.loss().pull(active, rule.tokens()),
              rule.loss().commit(rule.beta()),
              slice(gradients, map.codes().get(i)),
              0,
              placement.codes());
      NormMap norm = map.norms().get(i);
      backend
          .layerNormBackward()
          .apply(
              x,
              at,
              stride,
              rows,
              width,
              slice(model.parameters(), norm.gain()),
              norm.eps(),
              gradient,
              at,
              stride,
              gradient,
              at,
              stride,
              false,
              slice(gradients, norm.gain()),
              slice(gradients, norm.bias()));
    }
  }
}
