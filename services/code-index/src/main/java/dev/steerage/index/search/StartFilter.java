package dev.steerage.index.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Says at which bytes of a text a match can begin, by running an automaton of the reversed pattern
/// from the end of the text to its beginning. One byte costs one table look-up; the states of the
/// table are made when they are needed. For one thread.
final class StartFilter {
  private static final int MOST_PLACES = 2_000;
  private static final int MOST_STATES = 4_000;
  private static final int UNKNOWN = -1;

  private final List<BitSet> bytesOf = new ArrayList<>();
  private final List<int[]> after = new ArrayList<>();
  private final byte[] classOf = new byte[256];
  private final byte[] sample;
  private final int[] begin;
  private final Map<Key, Integer> states = new HashMap<>();
  private int[][] places = new int[64][];
  private boolean[] accepts = new boolean[64];
  private int[] next;
  private int stateCount;

  /// A set of places, as a key.
  private record Key(int[] places) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && Arrays.equals(places, key.places);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(places);
    }
  }

  private static final int ACCEPT = 0;

  private StartFilter(PatternNode node) {
    // Place 0 accepts: the pattern's first byte has been read.
    bytesOf.add(new BitSet());
    after.add(new int[0]);
    begin = build(node, new int[] {ACCEPT});
    sample = classes();
    next = new int[64 * sample.length];
    reset();
  }

  /// A filter of a pattern; none: its automaton would be too large.
  static Optional<StartFilter> of(PatternNode node) {
    return node.size() > MOST_PLACES ? Optional.empty() : Optional.of(new StartFilter(node));
  }

  /// Adds the places of a node, read backwards.
  ///
  /// @param then places that follow it
  /// @return places with which it begins
  private int[] build(PatternNode node, int[] then) {
    return switch (node) {
      case PatternNode.Bytes one -> {
        bytesOf.add(one.bytes());
        after.add(then);
        yield new int[] {bytesOf.size() - 1};
      }
      case PatternNode.Sequence sequence -> {
        int[] follow = then;
        // Backwards the last part comes first, so what follows it is built first.
        for (PatternNode part : sequence.parts()) {
          follow = build(part, follow);
        }
        yield follow;
      }
      case PatternNode.Choice choice -> {
        int[] all = new int[0];
        for (PatternNode part : choice.parts()) {
          all = union(all, build(part, then));
        }
        yield all;
      }
      case PatternNode.Repeat repeat -> repeat(repeat, then);
    };
  }

  private int[] repeat(PatternNode.Repeat repeat, int[] then) {
    int[] follow = then;
    if (repeat.most() == PatternNode.NO_LIMIT) {
      follow = loop(repeat.part(), then);
    } else {
      for (int i = repeat.least(); i < repeat.most(); i++) {
        follow = union(then, build(repeat.part(), follow));
      }
    }
    for (int i = 0; i < repeat.least(); i++) {
      follow = build(repeat.part(), follow);
    }
    return follow;
  }

  /// Any number of times: what follows is `then` or the part again.
  private int[] loop(PatternNode part, int[] then) {
    // A place of no bytes that stands for the loop's head; closures replace it.
    bytesOf.add(new BitSet());
    int head = bytesOf.size() - 1;
    after.add(then);
    int[] inside = build(part, new int[] {head});
    after.set(head, union(then, inside));
    return new int[] {head};
  }

  private static int[] union(int[] left, int[] right) {
    return Arrays.stream(new int[][] {left, right})
        .flatMapToInt(Arrays::stream)
        .sorted()
        .distinct()
        .toArray();
  }

  /// Bytes that no place tells apart share a class; gives one byte of each.
  private byte[] classes() {
    Map<BitSet, Integer> known = new HashMap<>();
    List<Byte> samples = new ArrayList<>();
    for (int value = 0; value < 256; value++) {
      BitSet readers = new BitSet();
      for (int place = 0; place < bytesOf.size(); place++) {
        readers.set(place, bytesOf.get(place).get(value));
      }
      Integer found = known.get(readers);
      if (found == null) {
        found = known.size();
        known.put(readers, found);
        samples.add((byte) value);
      }
      classOf[value] = (byte) (int) found;
    }
    byte[] all = new byte[samples.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = samples.get(i);
    }
    return all;
  }

  private void reset() {
    states.clear();
    stateCount = 0;
    state(closure(begin));
  }

  /// The places with bytes that these lead to without reading; the accepting one stays.
  private int[] closure(int[] from) {
    BitSet found = new BitSet();
    BitSet seen = new BitSet();
    int[] stack = from.clone();
    int size = stack.length;
    while (size > 0) {
      int place = stack[--size];
      if (seen.get(place)) {
        continue;
      }
      seen.set(place);
      if (place == ACCEPT || !bytesOf.get(place).isEmpty()) {
        found.set(place);
      } else {
        int[] more = after.get(place);
        if (stack.length < size + more.length) {
          stack = Arrays.copyOf(stack, 2 * (size + more.length));
        }
        System.arraycopy(more, 0, stack, size, more.length);
        size += more.length;
      }
    }
    return found.stream().toArray();
  }

  private int state(int[] set) {
    Integer known = states.get(new Key(set));
    if (known != null) {
      return known;
    }
    if (stateCount == places.length) {
      places = Arrays.copyOf(places, 2 * stateCount);
      accepts = Arrays.copyOf(accepts, 2 * stateCount);
      next = Arrays.copyOf(next, 2 * next.length);
    }
    int state = stateCount++;
    states.put(new Key(set), state);
    places[state] = set;
    accepts[state] = set.length > 0 && set[0] == ACCEPT;
    Arrays.fill(next, state * sample.length, (state + 1) * sample.length, UNKNOWN);
    return state;
  }

  private int step(int state, int byteClass) {
    int value = sample[byteClass] & 0xFF;
    // A match may end at any byte.
    int[] reached = begin;
    for (int place : places[state]) {
      if (bytesOf.get(place).get(value)) {
        reached = union(reached, after.get(place));
      }
    }
    int[] closed = closure(reached);
    if (stateCount >= MOST_STATES) {
      reset();
      return state(closed);
    }
    int found = state(closed);
    next[state * sample.length + byteClass] = found;
    return found;
  }

  /// The bytes at which a match of at least one byte can begin; some of them may be none.
  BitSet starts(byte[] text) {
    BitSet starts = new BitSet(text.length);
    int classes = sample.length;
    int state = 0;
    for (int i = text.length - 1; i >= 0; i--) {
      int byteClass = classOf[text[i] & 0xFF] & 0xFF;
      int found = next[state * classes + byteClass];
      state = found == UNKNOWN ? step(state, byteClass) : found;
      if (accepts[state]) {
        starts.set(i);
      }
    }
    return starts;
  }
}
