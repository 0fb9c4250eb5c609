package dev.steerage.transformer.forward;

import dev.steerage.ops.Backend;
import dev.steerage.ops.Floats;
import dev.steerage.ops.Team;
import dev.steerage.transformer.ModelConfig;
import dev.steerage.transformer.intervention.Steering;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Runs rows through the model. Owns the cache of keys and values and all scratch memory; one
/// thread at a time. Fill it with [#add], then [#run], then read codes and logits until [#clear].
///
/// Every kernel treats a row by itself and in a fixed order, so a row's results do not depend on
/// the other rows of the same forward.
public final class ForwardPass implements Forward {
  private final Weights weights;
  private final Backend backend;
  private final ModelConfig config;
  private final Arena arena = Arena.ofShared();
  private final Rows rows;
  private final Team team;
  private final LinearLayer linear;
  private final AttentionLayer attention;
  private final CodeTable codes;
  private final SnapLayer snap;
  private final MemorySegment x; // x[r, width]: the residual stream
  private final MemorySegment h; // h[r, width]
  private final MemorySegment qkv; // qkv[r, 3 width]
  private final MemorySegment z; // z[r, width]: concatenated heads
  private final MemorySegment a; // a[r, width]: attention output
  private final MemorySegment inner; // inner[r, inner]
  private final MemorySegment m; // m[r, width]: MLP output
  private final MemorySegment last; // last[logits row, width]
  private final MemorySegment logits; // logits[logits row, vocabulary]
  private final int logitsCapacity;
  private ForwardObserver observer = ForwardObserver.NONE;

  /// @param capacity most rows of one forward
  /// @param logitsCapacity most rows of one forward that want logits
  /// @param pages size of the cache, in pages of [#pageSize] positions
  /// @param pageTable see [#add]; read at every run
  /// @param team shares the work of a forward; stays the caller's to close
  public ForwardPass(
      Weights weights, Team team, int capacity, int logitsCapacity, int pages, int[] pageTable) {
    this.weights = weights;
    this.team = team;
    this.backend = weights.backend();
    this.config = weights.config();
    rows = new Rows(capacity);
    codes = new CodeTable(weights.sites(), capacity);
    linear = new LinearLayer(backend, team);
    snap = new SnapLayer(backend, team, weights.sites(), codes);
    x = floats(capacity, config.width());
    h = floats(capacity, config.width());
    qkv = floats(capacity, 3 * config.width());
    z = floats(capacity, config.width());
    KvCache cache = new KvCache(config, pages, arena);
    attention = new AttentionLayer(weights, team, rows, cache, pageTable, qkv, z);
    a = floats(capacity, config.width());
    inner = floats(capacity, config.inner());
    m = floats(capacity, config.width());
    this.logitsCapacity = logitsCapacity;
    last = floats(logitsCapacity, config.width());
    logits = floats(logitsCapacity, config.vocabulary());
  }

  /// Positions of one page of the cache.
  public static int pageSize() {
    return KvCache.PAGE;
  }

  @Override
  public int capacity() {
    return rows.token.length;
  }

  @Override
  public int logitsRoom() {
    return logitsCapacity - rows.logitsCount;
  }

  @Override
  public int rows() {
    return rows.count;
  }

  @Override
  public void clear() {
    rows.clear();
  }

  @Override
  public int add(int token, int position, int pagesFrom, Steering steering, boolean wantsLogits) {
    int row = rows.count++;
    rows.token[row] = token;
    rows.position[row] = position;
    rows.pagesFrom[row] = pagesFrom;
    rows.steering[row] = steering;
    rows.logitsRow[row] = wantsLogits ? rows.logitsCount++ : -1;
    return row;
  }

  /// Shows every forward from now on to this observer.
  public void observe(ForwardObserver newObserver) {
    observer = newObserver;
    snap.observe(newObserver);
  }

  @Override
  public void run() {
    embed();
    for (int layer = 0; layer < config.layers(); layer++) {
      block(layer, weights.blocks().get(layer));
      observer.afterBlock(layer, x);
    }
    head();
  }

  @Override
  public MemorySegment logits() {
    return logits;
  }

  @Override
  public long logitsAt(int row) {
    return (long) rows.logitsRow[row] * config.vocabulary();
  }

  @Override
  public int sites() {
    return codes.sites();
  }

  @Override
  public int naturalSlots(int site) {
    return codes.activeCodes(site);
  }

  @Override
  public int natural(int row, int site, int slot) {
    return codes.natural[codes.naturalAt(row, site) + slot];
  }

  @Override
  public int effectiveSlots(int row, int site) {
    int slots = codes.effectiveSlots(row, site);
    return slots == 0 ? codes.activeCodes(site) : slots;
  }

  @Override
  public int effective(int row, int site, int slot) {
    return codes.effectiveSlots(row, site) == 0
        ? natural(row, site, slot)
        : codes.effective[codes.effectiveAt(row, site) + slot];
  }

  @Override
  public Steering steering(int row) {
    return rows.steering[row];
  }

  @Override
  public int naturalSize() {
    return codes.naturalSize();
  }

  @Override
  public int naturalStart(int site) {
    return codes.naturalAt(0, site);
  }

  @Override
  public void copyNatural(int row, int[] to, int at) {
    System.arraycopy(codes.natural, codes.naturalAt(row, 0), to, at, codes.naturalSize());
  }

  @Override
  public int effectiveSize() {
    return codes.effectiveSize();
  }

  @Override
  public int effectiveStart(int site) {
    return codes.effectiveAt(0, site);
  }

  @Override
  public void copyEffective(int row, int[] to, int at, int[] slots, int slotsAt) {
    System.arraycopy(codes.effective, codes.effectiveAt(row, 0), to, at, codes.effectiveSize());
    for (int site = 0; site < codes.sites(); site++) {
      slots[slotsAt + site] = codes.effectiveSlots(row, site);
    }
  }

  @Override
  public void close() {
    arena.close();
  }

  private void embed() {
    int width = config.width();
    long bytes = (long) width * Float.BYTES;
    for (int r = 0; r < rows.count; r++) {
      MemorySegment.copy(weights.tokens(), rows.token[r] * bytes, x, r * bytes, bytes);
    }
    MemorySegment positions = weights.positions();
    if (positions != null) {
      for (int r = 0; r < rows.count; r++) {
        add(positions, (long) rows.position[r] * width, x, (long) r * width, width);
      }
    }
  }

  private void block(int layer, Block block) {
    int width = config.width();
    norm(block.beforeAttention(), x, h);
    linear.apply(block.qkv(), h, rows.count, qkv);
    snapAt(block.qkvCodes(), qkv, 3 * width);
    attention.apply(layer, block);
    snapAt(block.attention(), z, width);
    linear.apply(block.attentionOut(), z, rows.count, a);
    snapAt(block.attentionOutCodes(), a, width);
    MemorySegment mlpIn = x;
    if (!weights.parallel()) {
      // h = x + a, so that x stays as it was for a codebook on the sum.
      sum(x, a, h);
      mlpIn = h;
    }
    norm(block.beforeMlp(), mlpIn, h);
    mlp(layer, block, h);
    if (block.both() != null) {
      sum(a, m, a);
      snapAt(block.both(), a, width);
      sum(x, a, x);
    } else {
      sum(x, a, x);
      sum(x, m, x);
    }
    snapAt(block.whole(), x, width);
  }

  private void mlp(int layer, Block block, MemorySegment in) {
    linear.apply(block.up(), in, rows.count, inner, weights.activation());
    observer.neurons(layer, inner);
    snapAt(block.mlpMid(), inner, config.inner());
    linear.apply(block.down(), inner, rows.count, m);
    snapAt(block.mlp(), m, config.width());
  }

  private void head() {
    int width = config.width();
    Norm norm = weights.last();
    for (int r = 0; r < rows.count; r++) {
      if (rows.logitsRow[r] >= 0) {
        backend
            .layerNorm()
            .apply(
                x,
                (long) r * width,
                width,
                1,
                width,
                norm.gamma(),
                norm.beta(),
                norm.eps(),
                last,
                (long) rows.logitsRow[r] * width,
                width);
      }
    }
    linear.apply(weights.head(), last, rows.logitsCount, logits);
  }

  private void norm(Norm norm, MemorySegment in, MemorySegment out) {
    int width = config.width();
    backend
        .layerNorm()
        .apply(
            in, 0, width, rows.count, width, norm.gamma(), norm.beta(), norm.eps(), out, 0, width);
  }

  private void snapAt(CodebookGroup groupOrNull, MemorySegment activation, int stride) {
    if (groupOrNull != null) {
      snap.apply(groupOrNull, activation, stride, rows);
    }
  }

  private void sum(MemorySegment left, MemorySegment right, MemorySegment out) {
    long count = (long) rows.count * config.width();
    for (long i = 0; i < count; i++) {
      Floats.set(out, i, Floats.get(left, i) + Floats.get(right, i));
    }
  }

  private static void add(MemorySegment from, long at, MemorySegment to, long toAt, int count) {
    for (int i = 0; i < count; i++) {
      Floats.set(to, toAt + i, Floats.get(to, toAt + i) + Floats.get(from, at + i));
    }
  }

  private MemorySegment floats(int rowCount, int width) {
    long bytes = Math.multiplyExact((long) rowCount * width, (long) Float.BYTES);
    return arena.allocate(bytes, 64);
  }
}
