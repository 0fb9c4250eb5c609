package dev.steerage.index.corpus;

import dev.steerage.index.codec.Input;
import dev.steerage.index.codec.Output;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.collections.IntArrayList;

/// Which documents contain which three bytes, ASCII letters taken as lower-case ones.
///
/// Bytes: number of trigrams; each trigram and the offset of its list, ascending; the lists: how
/// many documents, then their differences.
public final class Trigrams {
  private static final int ENTRY = 8;

  private final MemorySegment from;
  private final int count;
  private final int documents;

  Trigrams(MemorySegment from, int documents) {
    this.from = from;
    this.documents = documents;
    this.count = from.byteSize() == 0 ? 0 : new Input(from, 0).i32();
  }

  private static int fold(byte value) {
    return value >= 'A' && value <= 'Z' ? value + 32 : value & 0xFF;
  }

  private static int at(byte[] text, int i) {
    return fold(text[i]) << 16 | fold(text[i + 1]) << 8 | fold(text[i + 2]);
  }

  /// The documents that contain every trigram of a text of at least three bytes: those that contain
  /// the text, and some others.
  public BitSet candidates(byte[] text) {
    BitSet all = null;
    for (int i = 0; i + 2 < text.length; i++) {
      BitSet one = documents(at(text, i));
      if (all == null) {
        all = one;
      } else {
        all.and(one);
      }
      if (all.isEmpty()) {
        break;
      }
    }
    if (all == null) {
      all = new BitSet();
      all.set(0, documents);
    }
    return all;
  }

  private BitSet documents(int trigram) {
    var found = new BitSet();
    int low = 0;
    int high = count - 1;
    while (low <= high) {
      int middle = low + high >>> 1;
      var entry = new Input(from, 4 + (long) ENTRY * middle);
      int key = entry.i32();
      if (key == trigram) {
        var list = new Input(from, 4 + (long) ENTRY * count + entry.i32());
        int size = list.varint();
        int document = -1;
        for (int i = 0; i < size; i++) {
          document += list.varint();
          found.set(document);
        }
        return found;
      }
      if (key < trigram) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return found;
  }

  /// Collects documents in ascending order.
  static final class Builder {
    private final Int2ObjectHashMap<IntArrayList> lists = new Int2ObjectHashMap<>();

    void add(int document, byte[] text) {
      for (int i = 0; i + 2 < text.length; i++) {
        IntArrayList list = lists.computeIfAbsent(at(text, i), _ -> new IntArrayList());
        if (list.isEmpty() || list.getInt(list.size() - 1) != document) {
          list.addInt(document);
        }
      }
    }

    void write(Output to) {
      int[] keys = lists.keySet().stream().mapToInt(Integer::intValue).toArray();
      Arrays.sort(keys);
      var data = new Output(1 << 16);
      to.i32(keys.length);
      for (int key : keys) {
        to.i32(key);
        to.i32(data.size());
        IntArrayList list = lists.get(key);
        data.varint(list.size());
        int before = -1;
        for (int i = 0; i < list.size(); i++) {
          data.varint(list.getInt(i) - before);
          before = list.getInt(i);
        }
      }
      to.bytes(data.array(), 0, data.size());
    }
  }
}
