package dev.steerage.transformer.forward;

import dev.steerage.ops.Backend;
import dev.steerage.ops.Team;
import dev.steerage.ops.snap.PackedCodebook;
import dev.steerage.ops.snap.SnapKernel;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.intervention.SiteSteering;
import dev.steerage.transformer.intervention.Steering;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Replaces an activation by the mean of its codes, after the interventions of each row.
///
/// Bans are exact. A row that passes over m codes is scanned to depth k + m first, whatever is
/// banned: few bans hit. Rows where one does are scanned again, together and deeper each time,
/// until k + m codes are left that are not banned, or no code is.
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

    // Rows that are scanned again: their inputs side by side, and which rows they are.
    private final MemorySegment again =
        Arena.ofAuto().allocate((long) ROWS * widest * Float.BYTES, 64);
    private final int[] rescanned = new int[ROWS * stride];
    private final int[] open = new int[ROWS];
    private final int[] deeper = new int[ROWS];
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
      int wanted = k + disableTop(rows.steering[first + r], site);
      depth[r] = wanted <= stride ? wanted : 0;
    }
    snap.scan(codebook, normed, 0, width, count, depth, mine.scanned, 0, stride);
    int open = 0;
    for (int r = 0; r < count; r++) {
      SiteSteering steering = rows.steering[first + r].at(site);
      if (depth[r] == 0) {
        deep(i, first, r, mine);
      } else if (isShort(i, steering, mine.scanned, r * stride, depth[r])) {
        mine.open[open++] = r;
      } else {
        chosen(i, first + r, steering, mine.scanned, r * stride, depth[r]);
      }
    }
    while (open > 0) {
      open = again(i, first, open, mine);
    }
    observer.snapped(site, first, count, normed, x, (long) first * xStride + from, xStride);
  }

  private static int disableTop(Steering steering, int site) {
    SiteSteering at = steering.at(site);
    return at == null ? 0 : at.disableTop();
  }

  /// Whether too few of the codes found are left by the bans, though there are more codes.
  private boolean isShort(int i, SiteSteering steering, int[] found, int at, int count) {
    return steering != null
        && steering.bans() > 0
        && count < group.codebooks()[i].codes()
        && count - steering.banned(found, at, count) < group.activeCodes() + steering.disableTop();
  }

  /// Scans open rows deeper, together.
  ///
  /// @return how many are still open
  private int again(int i, int first, int open, Scratch mine) {
    PackedCodebook codebook = group.codebooks()[i];
    long bytes = (long) group.width() * Float.BYTES;
    int scanned = 0;
    for (int o = 0; o < open; o++) {
      int r = mine.open[o];
      SiteSteering steering = rows.steering[first + r].at(group.firstSite() + i);
      int banned = steering.banned(mine.scanned, r * stride, mine.depth[r]);
      // Half as much again as is missing, so that rows whose best codes are all banned end soon.
      int wanted = group.activeCodes() + steering.disableTop() + banned + banned / 2;
      if (wanted > stride) {
        deep(i, first, r, mine);
        continue;
      }
      MemorySegment.copy(mine.normed, r * bytes, mine.again, scanned * bytes, bytes);
      mine.open[scanned] = r;
      mine.deeper[scanned++] = Math.min(codebook.codes(), wanted);
    }
    snap.scan(
        codebook, mine.again, 0, group.width(), scanned, mine.deeper, mine.rescanned, 0, stride);
    int left = 0;
    for (int o = 0; o < scanned; o++) {
      int r = mine.open[o];
      mine.depth[r] = mine.deeper[o];
      System.arraycopy(mine.rescanned, o * stride, mine.scanned, r * stride, mine.depth[r]);
      SiteSteering steering = rows.steering[first + r].at(group.firstSite() + i);
      if (isShort(i, steering, mine.scanned, r * stride, mine.depth[r])) {
        mine.open[left++] = r;
      } else {
        chosen(i, first + r, steering, mine.scanned, r * stride, mine.depth[r]);
      }
    }
    return left;
  }

  /// One row by itself, to the depth at which k codes are left whatever is banned.
  private void deep(int i, int first, int r, Scratch mine) {
    PackedCodebook codebook = group.codebooks()[i];
    int width = group.width();
    SiteSteering steering = rows.steering[first + r].at(group.firstSite() + i);
    long wanted = (long) group.activeCodes() + steering.bans() + steering.disableTop();
    int depth = (int) Math.min(codebook.codes(), wanted);
    mine.oneDepth[0] = depth;
    long from = (long) r * width;
    snap.scan(codebook, mine.normed, from, width, 1, mine.oneDepth, mine.deep, 0, depth);
    chosen(i, first + r, steering, mine.deep, 0, depth);
  }

  /// The codes of a row are known: what goes on, and their mean.
  private void chosen(int i, int row, SiteSteering steering, int[] found, int at, int count) {
    PackedCodebook codebook = group.codebooks()[i];
    int site = group.firstSite() + i;
    int k = group.activeCodes();
    long out = (long) row * xStride + (long) i * group.width();
    int natural = codes.naturalAt(row, site);
    System.arraycopy(found, at, codes.natural, natural, k);
    if (steering == null) {
      codes.effectiveSlots(row, site, 0);
      snap.mean(codebook, codes.natural, natural, k, k, x, out);
      return;
    }
    int effective = codes.effectiveAt(row, site);
    int slots = steering.apply(k, found, at, count, codes.effective, effective);
    codes.effectiveSlots(row, site, slots);
    snap.mean(codebook, codes.effective, effective, slots, slots, x, out);
  }
}
