package dev.steerage.trainer.model;

import dev.steerage.domain.codebook.Component;
import dev.steerage.ops.Floats;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Layer-normalised inputs of every codebook over some sequences, as a training forward sees them.
public final class Activations {
  private final Blueprint blueprint;
  private final List<MemorySegment> bySite = new ArrayList<>();
  private final int rows;

  private Activations(Blueprint blueprint, int rows, Arena arena) {
    this.blueprint = blueprint;
    this.rows = rows;
    for (int site = 0; site < blueprint.sites().size(); site++) {
      int width = blueprint.siteType(site).width();
      bySite.add(arena.allocate((long) rows * width * Float.BYTES, 64));
    }
  }

  /// Runs all sequences of a batch through one pass.
  ///
  /// @param model snapped or not: that is what codebooks behind others will see
  /// @param atOnce sequences that the pass takes
  public static Activations collect(
      Blueprint blueprint,
      PackedModel model,
      TilePass pass,
      Batch batch,
      int atOnce,
      CodeRule rule,
      Arena arena) {
    Activations found = new Activations(blueprint, batch.sequences() * batch.length(), arena);
    for (int first = 0; first < batch.sequences(); first += atOnce) {
      int count = Math.min(atOnce, batch.sequences() - first);
      pass.forward(model, batch, first, count, rule);
      for (int layer = 0; layer < blueprint.blocks().size(); layer++) {
        for (Map.Entry<Component, CodebookMap> entry :
            blueprint.blocks().get(layer).codebooks().entrySet()) {
          found.take(model, pass, layer, entry.getKey(), entry.getValue(), first * batch.length());
        }
      }
    }
    return found;
  }

  private void take(
      PackedModel model,
      TilePass pass,
      int layer,
      Component component,
      CodebookMap map,
      int firstRow) {
    Placement placement = map.placement();
    int stride = placement.codebooks() * placement.width();
    MemorySegment x = pass.input(layer, component);
    MemorySegment u = pass.snapped(layer, component).u;
    for (int i = 0; i < placement.codebooks(); i++) {
      long from = (long) i * placement.width();
      pass.snap()
          .normalise(model.parameters(), map.norms().get(i), x, from, stride, pass.rows(), u);
      MemorySegment to = bySite.get(map.firstSite() + i);
      for (int r = 0; r < pass.rows(); r++) {
        MemorySegment.copy(
            u,
            (from + (long) r * stride) * Float.BYTES,
            to,
            (long) (firstRow + r) * placement.width() * Float.BYTES,
            (long) placement.width() * Float.BYTES);
      }
    }
  }

  public int rows() {
    return rows;
  }

  /// Inputs of one codebook, `[rows, width]`.
  public MemorySegment of(int site) {
    return bySite.get(site);
  }

  /// Copies one input over one code.
  public void copy(int site, int row, MemorySegment parameters, int code) {
    int width = blueprint.siteType(site).width();
    long to = blueprint.codes(site).offset() + (long) code * width;
    for (int i = 0; i < width; i++) {
      Floats.set(parameters, to + i, Floats.get(bySite.get(site), (long) row * width + i));
    }
  }
}
