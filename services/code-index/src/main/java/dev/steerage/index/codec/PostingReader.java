package dev.steerage.index.codec;

import java.lang.foreign.MemorySegment;
import java.util.function.IntConsumer;

/// Reads what [PostingWriter] wrote. Immutable and thread-safe.
public final class PostingReader {
  private static final int CHUNK = PostingWriter.CHUNK;
  private static final int HALF_BITS = 12;
  private static final int STATES = RansEncoder.STATES;
  private static final long DIRECTORY = 8;

  private final MemorySegment from;
  private final PostingModels models;
  private final int[] starts;
  private final int positions;
  private final long data;

  /// @param starts index of each code's first posting, and of the end
  public PostingReader(MemorySegment from, PostingModels models, int[] starts) {
    this.from = from;
    this.models = models;
    this.starts = starts;
    var in = new Input(from, 0);
    positions = in.i32();
    int total = in.i32();
    if (total != starts[starts.length - 1]) {
      throw new IllegalArgumentException(
          "postings=" + total + ", counts say " + starts[starts.length - 1]);
    }
    int chunks = (total + CHUNK - 1) / CHUNK;
    data = DIRECTORY + 4L * (2 * chunks + 1);
  }

  public int count(int code) {
    return starts[code + 1] - starts[code];
  }

  /// Calls with every position of a code, ascending.
  public void forEach(int code, IntConsumer each) {
    int from = starts[code];
    int end = starts[code + 1];
    int[] found = new int[CHUNK];
    while (from < end) {
      int chunk = from / CHUNK;
      int stop = Math.min(end, (chunk + 1) * CHUNK);
      decode(chunk, code, stop, found);
      for (int i = from; i < stop; i++) {
        each.accept(found[i - chunk * CHUNK]);
      }
      from = stop;
    }
  }

  /// All positions of a code, ascending.
  public int[] positions(int code) {
    int[] all = new int[count(code)];
    var next = new int[1];
    forEach(code, position -> all[next[0]++] = position);
    return all;
  }

  private int codeAt(int posting, int hint) {
    int low = 0;
    int high = hint;
    while (low < high) {
      int middle = low + high + 1 >>> 1;
      if (starts[middle] <= posting) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /// Decodes a chunk up to an index of all postings.
  private void decode(int chunk, int untilCode, int stop, int[] found) {
    var states = new States(data + 2L * from.get(Input.I32, DIRECTORY + 8L * chunk));
    int before = from.get(Input.I32, DIRECTORY + 8L * chunk + 4);
    int first = chunk * CHUNK;
    int code = codeAt(first, untilCode);
    SymbolModel model = models.of(count(code), positions);
    for (int i = first; i < stop; i++) {
      if (starts[code + 1] <= i) {
        do {
          code++;
        } while (starts[code + 1] <= i);
        model = models.of(count(code), positions);
        before = -1;
      }
      states.turn = i - first & STATES - 1;
      int symbol = states.symbol(model);
      int rawBits = Gaps.rawBits(symbol);
      int low = Math.min(HALF_BITS, rawBits);
      int raw = states.bits(low);
      raw |= states.bits(rawBits - low) << low;
      before += Gaps.gap(symbol, raw);
      found[i - first] = before;
    }
  }

  /// The interleaved states of one chunk.
  private final class States {
    private final int[] states = new int[STATES];
    private long at;
    private int turn;

    private States(long at) {
      this.at = at;
      for (int state = 0; state < STATES; state++) {
        states[state] = from.get(Input.I32, this.at);
        this.at += 4;
      }
    }

    private int symbol(SymbolModel model) {
      int x = states[turn];
      int slot = x & (1 << Gaps.MODEL_BITS) - 1;
      int symbol = model.symbolAt[slot];
      int packed = model.packed[symbol];
      keep(((packed >>> 16) + 1) * (x >>> Gaps.MODEL_BITS) + slot - (packed & 0xFFFF));
      return symbol == model.symbols() ? rare(model) : symbol;
    }

    private int rare(SymbolModel model) {
      int x = states[turn];
      int slot = x & (1 << Gaps.MODEL_BITS) - 1;
      int share = model.rareShare();
      int index = slot / share;
      keep(share * (x >>> Gaps.MODEL_BITS) + slot - index * share);
      return model.rare[index];
    }

    private int bits(int count) {
      int x = states[turn];
      if (count > 0) {
        keep(x >>> count);
      }
      return x & (1 << count) - 1;
    }

    private void keep(int next) {
      int x = next;
      if (x >>> 16 == 0) {
        x = x << 16 | from.get(Input.U16, at) & 0xFFFF;
        at += 2;
      }
      states[turn] = x;
    }
  }
}
