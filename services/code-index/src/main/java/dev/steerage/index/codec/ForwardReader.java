package dev.steerage.index.codec;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// Reads what [ForwardWriter] wrote. Immutable; any number of [Cursor]s, one per thread.
public final class ForwardReader {
  private static final int STATES = RansEncoder.STATES;
  private static final int BLOCK_OVERHEAD = 24;

  private final MemorySegment from;
  private final int positions;
  private final int perPosition;
  private final int perBlock;
  private final long directory;
  private final long data;
  private final SymbolModel[] modelOf;
  private final DecodedBudget budget;
  // Each is written once, complete, by whoever decodes it first; two writers write the same.
  private final AtomicReferenceArray<char[]> kept;

  /// @param from the bytes, from the first one on
  public ForwardReader(MemorySegment from) {
    this(from, DecodedBudget.NONE);
  }

  /// @param budget for decoded blocks that are kept
  public ForwardReader(MemorySegment from, DecodedBudget budget) {
    this.from = from;
    this.budget = budget;
    var in = new Input(from, 0);
    positions = in.i32();
    perPosition = in.i32();
    perBlock = in.i32();
    int[] slots = new int[Objects.checkIndex(in.i32(), 1 << 16)];
    SymbolModel[] models = new SymbolModel[slots.length];
    for (int site = 0; site < slots.length; site++) {
      slots[site] = in.varint();
      models[site] = ModelText.read(in, ForwardWriter.MODEL_BITS);
    }
    modelOf = ForwardWriter.perId(models, slots, perPosition);
    directory = (in.position() + 3) / 4 * 4;
    int blocks = (positions + perBlock - 1) / perBlock;
    data = directory + 4L * (blocks + 1);
    kept = new AtomicReferenceArray<>(budget == DecodedBudget.NONE ? 0 : blocks);
  }

  public int positions() {
    return positions;
  }

  /// Ids of one position, all sites together.
  public int idsPerPosition() {
    return perPosition;
  }

  /// Bytes of the blocks and their directory, without the models.
  public long dataBytes() {
    return from.byteSize() - directory;
  }

  public Cursor cursor() {
    return new Cursor();
  }

  /// Decodes blocks and remembers the last one. For one thread.
  public final class Cursor {
    private final char[] own = new char[perBlock * perPosition];
    private char[] ids = own;
    private final int[] states = new int[STATES];
    private int block = -1;
    private int decoded;
    private long word;

    /// The ids of a position are at the returned index of [#ids] and on; cheapest in ascending
    /// order.
    public int seek(int position) {
      int wanted = position / perBlock;
      int in = position - wanted * perBlock;
      if (wanted != block) {
        begin(wanted);
        if (kept.length() > 0) {
          keep(wanted);
        }
      }
      int end = (in + 1) * perPosition;
      if (end > decoded) {
        decode(end);
      }
      return in * perPosition;
    }

    /// Takes the block from those that are kept, or keeps it where there is room.
    private void keep(int wanted) {
      char[] known = kept.getAcquire(wanted);
      if (known == null && budget.take(BLOCK_OVERHEAD + 2L * own.length)) {
        ids = new char[own.length];
        decode(Math.min(positions - wanted * perBlock, perBlock) * perPosition);
        kept.setRelease(wanted, ids);
      } else if (known != null) {
        ids = known;
        decoded = ids.length;
      }
    }

    /// Where the last [#seek] left what it found: another array after each one.
    public char[] ids() {
      return ids;
    }

    private void begin(int wanted) {
      block = wanted;
      decoded = 0;
      ids = own;
      word = data + 2L * from.get(Input.I32, directory + 4L * wanted);
      for (int state = 0; state < STATES; state++) {
        states[state] = from.get(Input.I32, word);
        word += 4;
      }
    }

    private void decode(int end) {
      int s0 = states[0];
      int s1 = states[1];
      int s2 = states[2];
      int s3 = states[3];
      int i = decoded;
      long at = word;
      MemorySegment source = from;
      SymbolModel[] models = modelOf;
      int place = i % perPosition;
      while (i < end) {
        // The state in turn moves to s0, so that one loop body serves all four.
        SymbolModel model = models[place];
        int slot = s0 & 0xFFFF;
        int symbol = model.symbolAt[slot];
        int packed = model.packed[symbol];
        s0 = ((packed >>> 16) + 1) * (s0 >>> 16) + slot - (packed & 0xFFFF);
        if (s0 >>> 16 == 0) {
          s0 = s0 << 16 | source.get(Input.U16, at) & 0xFFFF;
          at += 2;
        }
        if (symbol == model.symbols()) {
          int rareShare = model.rareShare();
          int rareSlot = s0 & 0xFFFF;
          int index = rareSlot / rareShare;
          s0 = rareShare * (s0 >>> 16) + rareSlot - index * rareShare;
          if (s0 >>> 16 == 0) {
            s0 = s0 << 16 | source.get(Input.U16, at) & 0xFFFF;
            at += 2;
          }
          symbol = model.rare[index];
        }
        ids[i++] = (char) symbol;
        place = place + 1 == perPosition ? 0 : place + 1;
        int turn = s0;
        s0 = s1;
        s1 = s2;
        s2 = s3;
        s3 = turn;
      }
      // The state whose turn is next comes first.
      states[0] = s0;
      states[1] = s1;
      states[2] = s2;
      states[3] = s3;
      decoded = i;
      word = at;
    }
  }
}
