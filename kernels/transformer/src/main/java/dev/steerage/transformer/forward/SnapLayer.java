package dev.steerage.transformer.forward;

import dev.steerage.ops.Backend;
import dev.steerage.ops.snap.PackedCodebook;
import dev.steerage.ops.snap.SnapKernel;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.intervention.SiteSteering;
import dev.steerage.transformer.intervention.SlotWrite;
import dev.steerage.transformer.intervention.Steering;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/// Replaces an activation by the mean of its codes, after the interventions of each row.
///
/// Bans are exact: a row with b bans that passes over m codes is scanned to depth k + m + b, where
/// at least k codes are left.
final class SnapLayer {
  /// Rows that need at most this many codes more than k are scanned together with the others;
  /// deeper ones one by one, so that the ids of a step need no more space than this.
  private static final int EXTRA_DEPTH = 64;

  private final Backend backend;
  private final SnapKernel snap;
  private final CodeTable codes;
  private final MemorySegment normed;
  private final int stride;
  private final int[] scanned;
  private final int[] deep;
  private final int[] depth;
  private final int[] oneDepth = new int[1];

  SnapLayer(Backend backend, List<CodebookSite> sites, CodeTable codes, int rows, Arena arena) {
    this.backend = backend;
    this.snap = backend.snap();
    this.codes = codes;
    int widest = 1;
    int mostCodes = 1;
    int mostScanned = 1;
    for (CodebookSite site : sites) {
      widest = Math.max(widest, site.width());
      mostCodes = Math.max(mostCodes, site.codes());
      int limit = Math.min(site.codes(), site.activeCodes() + EXTRA_DEPTH);
      mostScanned = Math.max(mostScanned, limit);
    }
    normed = arena.allocate((long) rows * widest * Float.BYTES, 64);
    stride = mostScanned;
    scanned = new int[Math.multiplyExact(rows, stride)];
    deep = new int[mostCodes];
    depth = new int[rows];
  }

  /// x: `[rows, xStride]`; the group covers the first `size * width` elements of a row.
  void apply(CodebookGroup group, MemorySegment x, int xStride, Rows rows) {
    for (int i = 0; i < group.size(); i++) {
      apply(group, i, x, xStride, rows);
    }
  }

  private void apply(CodebookGroup group, int i, MemorySegment x, int xStride, Rows rows) {
    int site = group.firstSite() + i;
    int width = group.width();
    long from = (long) i * width;
    int k = group.activeCodes();
    Norm norm = group.norms()[i];
    PackedCodebook codebook = group.codebooks()[i];
    backend
        .layerNorm()
        .apply(
            x,
            from,
            xStride,
            rows.count,
            width,
            norm.gamma(),
            norm.beta(),
            norm.eps(),
            normed,
            0,
            width);
    for (int r = 0; r < rows.count; r++) {
      int wanted = wanted(rows.steering[r], site, k, codebook.codes());
      depth[r] = wanted <= stride ? wanted : 0;
    }
    snap.scan(codebook, normed, 0, width, rows.count, depth, scanned, 0, stride);
    for (int r = 0; r < rows.count; r++) {
      long out = (long) r * xStride + from;
      SiteSteering steering = rows.steering[r].at(site);
      if (depth[r] > 0) {
        chosen(codebook, r, site, k, steering, scanned, r * stride, depth[r], x, out);
      } else {
        oneDepth[0] = wanted(rows.steering[r], site, k, codebook.codes());
        snap.scan(codebook, normed, (long) r * width, width, 1, oneDepth, deep, 0, oneDepth[0]);
        chosen(codebook, r, site, k, steering, deep, 0, oneDepth[0], x, out);
      }
    }
  }

  /// Codes that have to be known so that k are left whatever is banned.
  private static int wanted(Steering steering, int site, int k, int codes) {
    SiteSteering at = steering.at(site);
    return at == null ? k : (int) Math.min(codes, (long) k + at.bans() + at.disableTop());
  }

  private void chosen(
      PackedCodebook codebook,
      int row,
      int site,
      int k,
      SiteSteering steering,
      int[] found,
      int at,
      int count,
      MemorySegment out,
      long outOffset) {
    int natural = codes.naturalAt(row, site);
    System.arraycopy(found, at, codes.natural, natural, k);
    if (steering == null) {
      codes.effectiveSlots(row, site, 0);
      snap.mean(codebook, codes.natural, natural, k, k, out, outOffset);
      return;
    }
    int effective = codes.effectiveAt(row, site);
    int slots = intervene(steering, k, found, at, count, effective);
    codes.effectiveSlots(row, site, slots);
    snap.mean(codebook, codes.effective, effective, slots, slots, out, outOffset);
  }

  /// @return slots in force, which is also the divisor
  private int intervene(
      SiteSteering steering, int k, int[] found, int at, int count, int effective) {
    int[] to = codes.effective;
    int slot = 0;
    int skip = steering.disableTop();
    for (int i = 0; i < count && slot < k; i++) {
      int id = found[at + i];
      if (steering.isBanned(id)) {
        continue;
      }
      if (skip > 0) {
        skip--;
        continue;
      }
      to[effective + slot++] = steering.isAblated(id) ? SlotWrite.BLOCKED : id;
    }
    while (slot < k) {
      to[effective + slot++] = SlotWrite.BLOCKED;
    }
    for (int w = 0; w < steering.writes(); w++) {
      int where = steering.writeSlot(w);
      if (where == SlotWrite.ALL_SLOTS) {
        Arrays.fill(to, effective, effective + k, steering.writeCode(w));
      } else {
        to[effective + (where >= 0 ? where : k + where)] = steering.writeCode(w);
      }
    }
    for (int a = 0; a < steering.appends(); a++) {
      to[effective + k + a] = steering.append(a);
    }
    return k + steering.appends();
  }
}
