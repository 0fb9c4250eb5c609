package dev.steerage.index.codec;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// Reads what [ForwardWriter] wrote. Immutable; any number of [Cursor]s, one per thread.
public final class ForwardReader {
  private static final int STATES = RansEncoder.STATES;

  private final MemorySegment from;
  private final int positions;
  private final int perPosition;
  private final int perBlock;
  private final long directory;
  private final long data;
  private final SymbolModel[] modelOf;

  /// @param from the bytes, from the first one on
  public ForwardReader(MemorySegment from) {
    this.from = from;
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
    private final char[] ids = new char[perBlock * perPosition];
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
      }
      int end = (in + 1) * perPosition;
      if (end > decoded) {
        decode(end);
      }
      return in * perPosition;
    }

    /// Where [#seek] leaves what it found.
    public char[] ids() {
      return ids;
    }

    private void begin(int wanted) {
      block = wanted;
      decoded = 0;
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
