package dev.steerage.transformer.forward;

import dev.steerage.ops.Backend;
import dev.steerage.ops.Team;
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

  /// Most rows of one scan: more would push the codes out of the cache between two blocks of rows.
  private static final int ROWS = 64;

  /// Fewer would read the codes for too little.
  private static final int LEAST_ROWS = 16;

  private final Backend backend;
  private final SnapKernel snap;
  private final Team team;
  private final CodeTable codes;
  private final int widest;
  private final int mostCodes;
  private final int stride;
  private final ThreadLocal<Scratch> scratch;
  private final Team.Work work = this::chunk;
  private ForwardObserver observer = ForwardObserver.NONE;
  private CodebookGroup group;
  private MemorySegment x;
  private int xStride;
  private Rows rows;
  private int share;
  private int shares;

  SnapLayer(Backend backend, Team team, List<CodebookSite> sites, CodeTable codes) {
    this.backend = backend;
    this.snap = backend.snap();
    this.team = team;
    this.codes = codes;
    widest = sites.stream().mapToInt(CodebookSite::width).max().orElse(1);
    mostCodes = sites.stream().mapToInt(CodebookSite::codes).max().orElse(1);
    stride =
        sites.stream()
            .mapToInt(site -> Math.min(site.codes(), site.activeCodes() + EXTRA_DEPTH))
            .max()
            .orElse(1);
    scratch = ThreadLocal.withInitial(Scratch::new);
  }

  void observe(ForwardObserver newObserver) {
    observer = newObserver;
  }

  /// What one thread needs for one codebook and some rows.
  private final class Scratch {
    private final MemorySegment normed =
        Arena.ofAuto().allocate((long) ROWS * widest * Float.BYTES, 64);
    private final int[] scanned = new int[ROWS * stride];
    private final int[] deep = new int[mostCodes];
    private final int[] depth = new int[ROWS];
    private final int[] oneDepth = new int[1];
  }

  /// x: `[rows, xStride]`; the group covers the first `size * width` elements of a row. Codebooks,
  /// and rows where they are many, are shared between the threads of the team. One caller at a
  /// time.
  void apply(CodebookGroup newGroup, MemorySegment activation, int activationStride, Rows newRows) {
    group = newGroup;
    x = activation;
    xStride = activationStride;
    rows = newRows;
    int size = group.size();
    long elements = (long) size * group.codebooks()[0].codes() * group.width();
    int least = (rows.count + ROWS - 1) / ROWS;
    int most = Math.max(least, rows.count / LEAST_ROWS);
    int chunks =
        Shares.chunks(team, elements * Short.BYTES, 2 * elements * rows.count, size * most);
    shares = Math.clamp((chunks + size - 1) / size, least, most);
    share = (rows.count + shares - 1) / shares;
    if (chunks == 1) {
      for (int i = 0; i < size * shares; i++) {
        chunk(i);
      }
    } else {
      team.run(size * shares, work);
    }
  }

  private void chunk(int index) {
    int first = index % shares * share;
    int count = Math.min(share, rows.count - first);
    if (count > 0) {
      apply(index / shares, first, count, scratch.get());
    }
  }

  /// Codebook i of the group for some rows.
  private void apply(int i, int first, int count, Scratch mine) {
    int site = group.firstSite() + i;
    int width = group.width();
    long from = (long) i * width;
    int k = group.activeCodes();
    Norm norm = group.norms()[i];
    PackedCodebook codebook = group.codebooks()[i];
    int[] depth = mine.depth;
    MemorySegment normed = mine.normed;
    backend
        .layerNorm()
        .apply(
            x,
            (long) first * xStride + from,
            xStride,
            count,
            width,
            norm.gamma(),
            norm.beta(),
            norm.eps(),
            normed,
            0,
            width);
    for (int r = 0; r < count; r++) {
      int wanted = wanted(rows.steering[first + r], site, k, codebook.codes());
      depth[r] = wanted <= stride ? wanted : 0;
    }
    snap.scan(codebook, normed, 0, width, count, depth, mine.scanned, 0, stride);
    for (int r = 0; r < count; r++) {
      int row = first + r;
      long out = (long) row * xStride + from;
      SiteSteering steering = rows.steering[row].at(site);
      if (depth[r] > 0) {
        chosen(codebook, row, site, k, steering, mine.scanned, r * stride, depth[r], x, out);
      } else {
        int[] one = mine.oneDepth;
        one[0] = wanted(rows.steering[row], site, k, codebook.codes());
        snap.scan(codebook, normed, (long) r * width, width, 1, one, mine.deep, 0, one[0]);
        chosen(codebook, row, site, k, steering, mine.deep, 0, one[0], x, out);
      }
    }
    observer.snapped(site, first, count, normed, x, (long) first * xStride + from, xStride);
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
