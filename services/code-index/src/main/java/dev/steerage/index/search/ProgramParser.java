package dev.steerage.index.search;

import java.util.BitSet;
import java.util.Optional;

/// Compiles a pattern into a [Program] where its syntax is of the common kind: bytes, sets, groups,
/// alternatives, repeats, `^`, `$`, `\b` and `\B`, all of ASCII. Everything else, and repeats of
/// what may be empty, gives none: the library runs those.
///
/// Meant for texts of ASCII only: there a character is a byte, and what a negated set or a dot
/// matches beyond ASCII does not occur.
final class ProgramParser {
  private static final int MOST_REPEATS = 1_000;
  private static final int UNLIMITED = -1;

  private final String pattern;
  private final Program program = new Program();
  private int at;
  private int groups;

  private ProgramParser(String pattern) {
    this.pattern = pattern;
  }

  /// The program of a pattern that the library has accepted; none: it is not of the common kind.
  static Optional<Program> parse(String pattern) {
    var parser = new ProgramParser(pattern);
    try {
      Fragment all = parser.choice();
      if (parser.at < pattern.length()) {
        return Optional.empty();
      }
      all.emit();
      parser.program.end(parser.groups > 0);
      return Optional.of(parser.program);
    } catch (Uncommon | StringIndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  /// Syntax or size that is left to the library.
  static final class Uncommon extends RuntimeException {
    Uncommon() {
      super(null, null, false, false);
    }
  }

  /// A part of the pattern that writes its instructions, as often as it is repeated.
  private record Fragment(boolean canBeEmpty, Runnable code) {
    void emit() {
      code.run();
    }
  }

  private static final Fragment NOTHING = new Fragment(true, () -> {});

  private boolean take(char wanted) {
    if (at < pattern.length() && pattern.charAt(at) == wanted) {
      at++;
      return true;
    }
    return false;
  }

  private Fragment choice() {
    Fragment first = sequence();
    while (take('|')) {
      Fragment left = first;
      Fragment right = sequence();
      first =
          new Fragment(
              left.canBeEmpty() || right.canBeEmpty(),
              () -> program.either(left::emit, right::emit));
    }
    return first;
  }

  private Fragment sequence() {
    Fragment all = NOTHING;
    while (at < pattern.length() && pattern.charAt(at) != '|' && pattern.charAt(at) != ')') {
      Fragment left = all;
      Fragment right = repeated(atom());
      all =
          new Fragment(
              left.canBeEmpty() && right.canBeEmpty(),
              () -> {
                left.emit();
                right.emit();
              });
    }
    return all;
  }

  private Fragment repeated(Fragment atom) {
    int least;
    int most;
    if (take('*')) {
      least = 0;
      most = UNLIMITED;
    } else if (take('+')) {
      least = 1;
      most = UNLIMITED;
    } else if (take('?')) {
      least = 0;
      most = 1;
    } else if (take('{')) {
      least = number();
      most = take(',') ? (pattern.charAt(at) == '}' ? UNLIMITED : number()) : least;
      if (!take('}') || most != UNLIMITED && most < least) {
        throw new Uncommon();
      }
    } else {
      return atom;
    }
    boolean isGreedy = !take('?');
    if (atom.canBeEmpty() || at < pattern.length() && "*+?{".indexOf(pattern.charAt(at)) >= 0) {
      throw new Uncommon();
    }
    return new Fragment(least == 0, () -> repeat(atom, least, most, isGreedy));
  }

  private int number() {
    int from = at;
    while (Character.isDigit(pattern.charAt(at))) {
      at++;
    }
    if (at == from || at - from > 4) {
      throw new Uncommon();
    }
    int number = Integer.parseInt(pattern.substring(from, at));
    if (number > MOST_REPEATS) {
      throw new Uncommon();
    }
    return number;
  }

  private void repeat(Fragment atom, int least, int most, boolean isGreedy) {
    for (int i = 0; i < least; i++) {
      atom.emit();
    }
    if (most == UNLIMITED) {
      program.loop(atom::emit, isGreedy);
    } else {
      optional(atom, most - least, isGreedy);
    }
  }

  /// `(x(x(x)?)?)?`: the next one only where this one was.
  private void optional(Fragment atom, int times, boolean isGreedy) {
    if (times > 0) {
      program.optional(
          () -> {
            atom.emit();
            optional(atom, times - 1, isGreedy);
          },
          isGreedy);
    }
  }

  private Fragment atom() {
    char c = pattern.charAt(at++);
    return switch (c) {
      case '(' -> group();
      case '[' -> bytes(set());
      case '\\' -> escape();
      case '^' -> new Fragment(true, () -> program.claim(Program.TEXT_BEGIN));
      case '$' -> new Fragment(true, () -> program.claim(Program.TEXT_END));
      case '.' -> {
        BitSet any = ascii();
        any.clear('\n');
        yield bytes(any);
      }
      case '*', '+', '?', '{', '}', ']' -> throw new Uncommon();
      default -> bytes(one(c));
    };
  }

  private Fragment group() {
    boolean isFirst = false;
    if (take('?')) {
      if (!take(':')) {
        throw new Uncommon();
      }
    } else {
      isFirst = ++groups == 1;
    }
    Fragment inside = choice();
    if (!take(')')) {
      throw new Uncommon();
    }
    return isFirst ? new Fragment(inside.canBeEmpty(), () -> program.marked(inside::emit)) : inside;
  }

  private Fragment escape() {
    char c = pattern.charAt(at++);
    return switch (c) {
      case 'b' -> new Fragment(true, () -> program.claim(Program.WORD_EDGE));
      case 'B' -> new Fragment(true, () -> program.claim(Program.NO_WORD_EDGE));
      default -> bytes(named(c));
    };
  }

  private static BitSet named(char c) {
    BitSet set =
        switch (Character.toLowerCase(c)) {
          case 'd' -> range('0', '9');
          case 's' -> {
            BitSet blank = new BitSet();
            " \t\n\f\r".chars().forEach(blank::set);
            yield blank;
          }
          case 'w' -> Program.word();
          default -> one(escaped(c));
        };
    if ("DSW".indexOf(c) >= 0) {
      set.flip(0, 128);
    }
    return set;
  }

  private static char escaped(char c) {
    if (c == 'n') {
      return '\n';
    }
    if (c == 't') {
      return '\t';
    }
    if (Character.isLetterOrDigit(c)) {
      throw new Uncommon();
    }
    return c;
  }

  private BitSet set() {
    boolean isNegated = take('^');
    BitSet set = new BitSet();
    boolean isFirst = true;
    while (isFirst || pattern.charAt(at) != ']') {
      isFirst = false;
      if (pattern.startsWith("[:", at)) {
        throw new Uncommon();
      }
      char c = pattern.charAt(at);
      if (c == '\\' && "dDsSwW".indexOf(pattern.charAt(at + 1)) >= 0) {
        set.or(named(pattern.charAt(at + 1)));
        at += 2;
      } else {
        set.or(members());
      }
    }
    at++;
    if (isNegated) {
      set.flip(0, 128);
    }
    return set;
  }

  private BitSet members() {
    char low = member();
    if (at + 1 < pattern.length() && pattern.charAt(at) == '-' && pattern.charAt(at + 1) != ']') {
      at++;
      char high = member();
      if (high < low) {
        throw new Uncommon();
      }
      return range(low, high);
    }
    return one(low);
  }

  private char member() {
    char c = pattern.charAt(at++);
    return c == '\\' ? escaped(pattern.charAt(at++)) : c;
  }

  private static BitSet one(char c) {
    return range(c, c);
  }

  private static BitSet range(char low, char high) {
    if (high > 127) {
      throw new Uncommon();
    }
    BitSet set = new BitSet();
    set.set(low, high + 1);
    return set;
  }

  private static BitSet ascii() {
    BitSet set = new BitSet();
    set.set(0, 128);
    return set;
  }

  private Fragment bytes(BitSet set) {
    return new Fragment(false, () -> program.read(set));
  }
}
