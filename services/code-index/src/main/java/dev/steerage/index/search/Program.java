package dev.steerage.index.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// A pattern as instructions that [#matches] runs at one place of a text, trying alternatives in
/// their order and going back: the order of RE2. What costs many steps is given up, so that nothing
/// is slower than the library by more than a constant. For one thread; [#copy] makes another one.
final class Program {
  static final int TEXT_BEGIN = 0;
  static final int TEXT_END = 1;
  static final int WORD_EDGE = 2;
  static final int NO_WORD_EDGE = 3;

  /// What [#matches] found.
  enum Outcome {
    MATCH,
    NO_MATCH,
    /// Too many steps: the library knows.
    GIVEN_UP
  }

  private static final int MOST_INSTRUCTIONS = 2_000;
  private static final int MOST_STEPS = 4_000;
  private static final int NONE = -1;

  // Instructions: a kind and up to two operands.
  private static final byte READ = 0;
  private static final byte SPLIT = 1;
  private static final byte JUMP = 2;
  private static final byte MARK_BEGIN = 3;
  private static final byte MARK_END = 4;
  private static final byte CLAIM = 5;
  private static final byte END = 6;

  private static final boolean[] WORD = table(word());

  private byte[] kinds = new byte[32];
  private int[] first = new int[32];
  private int[] second = new int[32];
  private final List<boolean[]> sets = new ArrayList<>();
  private boolean[][] tables = new boolean[0][];
  private int size;
  private boolean hasGroup;

  // Places to go back to: instruction, place in the text, mark.
  private int[] stack = new int[256];
  private int begin;
  private int end;
  private int groupBegin;
  private int groupEnd;

  static BitSet word() {
    BitSet set = new BitSet();
    set.set('0', '9' + 1);
    set.set('a', 'z' + 1);
    set.set('A', 'Z' + 1);
    set.set('_');
    return set;
  }

  private static boolean[] table(BitSet set) {
    boolean[] table = new boolean[256];
    set.stream().forEach(value -> table[value] = true);
    return table;
  }

  /// The same for another thread.
  Program copy() {
    Program other = new Program();
    other.kinds = kinds;
    other.first = first;
    other.second = second;
    other.tables = tables;
    other.size = size;
    other.hasGroup = hasGroup;
    return other;
  }

  private int add(byte kind, int operand) {
    if (size == MOST_INSTRUCTIONS) {
      throw new ProgramParser.Uncommon();
    }
    if (size == kinds.length) {
      kinds = Arrays.copyOf(kinds, 2 * size);
      first = Arrays.copyOf(first, 2 * size);
      second = Arrays.copyOf(second, 2 * size);
    }
    kinds[size] = kind;
    first[size] = operand;
    return size++;
  }

  /// Reads a byte of a set.
  void read(BitSet set) {
    sets.add(table(set));
    add(READ, sets.size() - 1);
  }

  /// Claims something about the place.
  void claim(int what) {
    add(CLAIM, what);
  }

  /// Tries the one, then the other.
  void either(Runnable left, Runnable right) {
    int split = add(SPLIT, 0);
    first[split] = size;
    left.run();
    int jump = add(JUMP, 0);
    second[split] = size;
    right.run();
    first[jump] = size;
  }

  /// With or without.
  void optional(Runnable inside, boolean isGreedy) {
    int split = add(SPLIT, 0);
    int body = size;
    inside.run();
    first[split] = isGreedy ? body : size;
    second[split] = isGreedy ? size : body;
  }

  /// Any number of times.
  void loop(Runnable inside, boolean isGreedy) {
    int split = add(SPLIT, 0);
    int body = size;
    inside.run();
    add(JUMP, split);
    first[split] = isGreedy ? body : size;
    second[split] = isGreedy ? size : body;
  }

  /// Group 1.
  void marked(Runnable inside) {
    add(MARK_BEGIN, 0);
    inside.run();
    add(MARK_END, 0);
  }

  /// Ends the program.
  void end(boolean withGroup) {
    add(END, 0);
    hasGroup = withGroup;
    tables = sets.toArray(new boolean[0][]);
  }

  /// Whether the pattern matches at exactly this place.
  Outcome matches(byte[] text, int at) {
    begin = at;
    groupBegin = NONE;
    groupEnd = NONE;
    int depth = 0;
    int pc = 0;
    int place = at;
    // Since the last mark that was set; marks are restored when going back.
    for (int steps = 0; steps < MOST_STEPS; steps++) {
      boolean goesOn = true;
      switch (kinds[pc]) {
        case READ -> {
          goesOn = place < text.length && tables[first[pc]][text[place] & 0xFF];
          place++;
          pc++;
        }
        case SPLIT -> {
          depth = push(depth, second[pc], place);
          pc = first[pc];
        }
        case JUMP -> pc = first[pc];
        case MARK_BEGIN -> {
          groupBegin = place;
          pc++;
        }
        case MARK_END -> {
          groupEnd = place;
          pc++;
        }
        case CLAIM -> {
          goesOn = holds(first[pc], text, place);
          pc++;
        }
        default -> {
          end = place;
          return Outcome.MATCH;
        }
      }
      if (!goesOn) {
        if (depth == 0) {
          return Outcome.NO_MATCH;
        }
        depth -= 4;
        pc = stack[depth];
        place = stack[depth + 1];
        groupBegin = stack[depth + 2];
        groupEnd = stack[depth + 3];
      }
    }
    return Outcome.GIVEN_UP;
  }

  private int push(int depth, int pc, int place) {
    if (depth + 4 > stack.length) {
      stack = Arrays.copyOf(stack, 2 * stack.length);
    }
    stack[depth] = pc;
    stack[depth + 1] = place;
    stack[depth + 2] = groupBegin;
    stack[depth + 3] = groupEnd;
    return depth + 4;
  }

  private static boolean holds(int claim, byte[] text, int place) {
    return switch (claim) {
      case TEXT_BEGIN -> place == 0;
      case TEXT_END -> place == text.length;
      case WORD_EDGE -> isEdge(text, place);
      default -> !isEdge(text, place);
    };
  }

  private static boolean isEdge(byte[] text, int place) {
    boolean before = place > 0 && WORD[text[place - 1] & 0xFF];
    boolean after = place < text.length && WORD[text[place] & 0xFF];
    return before != after;
  }

  /// Where the last match ended.
  int end() {
    return end;
  }

  /// Where group 1, or without groups the match, began; -1: the group took no part.
  int markBegin() {
    return hasGroup ? groupBegin : begin;
  }

  /// Where it ended.
  int markEnd() {
    return hasGroup ? groupEnd : end;
  }
}
