package dev.steerage.index.search;

import dev.steerage.index.search.PatternNode.Bytes;
import dev.steerage.index.search.PatternNode.Choice;
import dev.steerage.index.search.PatternNode.Repeat;
import dev.steerage.index.search.PatternNode.Sequence;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/// Reads what the pre-filters need of an RE2 pattern that the library has accepted.
///
/// Characters beyond ASCII, and sets that hold some, become one or more bytes from 0x80: more than
/// the pattern says. Syntax that is not known here gives nothing at all, and then nothing is
/// filtered.
final class PatternParser {
  private static final int MOST_REPEATS = 1000;

  private final String pattern;
  private int at;
  private boolean ignoreCase;

  private PatternParser(String pattern) {
    this.pattern = pattern;
  }

  /// The node of a pattern; none: it holds syntax that is not known here.
  static Optional<PatternNode> parse(String pattern) {
    var parser = new PatternParser(pattern);
    try {
      PatternNode node = parser.choice();
      return parser.isDone() ? Optional.of(node) : Optional.empty();
    } catch (UnknownSyntax e) {
      return Optional.empty();
    }
  }

  private static final class UnknownSyntax extends RuntimeException {
    UnknownSyntax() {
      super(null, null, false, false);
    }
  }

  private boolean isDone() {
    return at == pattern.length();
  }

  private char peek() {
    if (isDone()) {
      throw new UnknownSyntax();
    }
    return pattern.charAt(at);
  }

  private boolean take(String text) {
    if (pattern.startsWith(text, at)) {
      at += text.length();
      return true;
    }
    return false;
  }

  private PatternNode choice() {
    boolean outerCase = ignoreCase;
    List<PatternNode> parts = new ArrayList<>();
    parts.add(sequence());
    while (take("|")) {
      parts.add(sequence());
    }
    ignoreCase = outerCase;
    return parts.size() == 1 ? parts.getFirst() : new Choice(parts);
  }

  private PatternNode sequence() {
    List<PatternNode> parts = new ArrayList<>();
    while (!isDone() && peek() != '|' && peek() != ')') {
      PatternNode part = quantified(atom());
      if (part instanceof Sequence inner) {
        parts.addAll(inner.parts());
      } else {
        parts.add(part);
      }
    }
    return parts.size() == 1 ? parts.getFirst() : new Sequence(parts);
  }

  private PatternNode quantified(PatternNode atom) {
    PatternNode node = atom;
    while (!isDone()) {
      if (take("*")) {
        node = new Repeat(node, 0, PatternNode.NO_LIMIT);
      } else if (take("+")) {
        node = new Repeat(node, 1, PatternNode.NO_LIMIT);
      } else if (take("?")) {
        node = new Repeat(node, 0, 1);
      } else if (peek() == '{') {
        Optional<PatternNode> counted = counted(node);
        if (counted.isEmpty()) {
          return node;
        }
        node = counted.get();
      } else {
        return node;
      }
      take("?");
    }
    return node;
  }

  /// `{n}`, `{n,}` or `{n,m}`; anything else is a brace.
  private Optional<PatternNode> counted(PatternNode node) {
    int close = pattern.indexOf('}', at);
    String inside = close < 0 ? "" : pattern.substring(at + 1, close);
    if (!inside.matches("\\d{1,4}(,\\d{0,4})?")) {
      return Optional.empty();
    }
    at = close + 1;
    String[] numbers = inside.split(",", -1);
    int least = Integer.parseInt(numbers[0]);
    int most =
        numbers.length == 1
            ? least
            : numbers[1].isEmpty() ? PatternNode.NO_LIMIT : Integer.parseInt(numbers[1]);
    if (least > MOST_REPEATS || most > MOST_REPEATS) {
      throw new UnknownSyntax();
    }
    return Optional.of(new Repeat(node, least, most));
  }

  private PatternNode atom() {
    if (take("(")) {
      return group();
    }
    if (take("[")) {
      return set();
    }
    if (take("\\")) {
      return escape();
    }
    if (take("^") || take("$")) {
      return PatternNode.EMPTY;
    }
    if (take(".")) {
      // Also a line end, as with the flag s: more than the pattern says is allowed.
      return any(all());
    }
    int point = pattern.codePointAt(at);
    at += Character.charCount(point);
    return literal(point);
  }

  private PatternNode group() {
    if (take("?")) {
      if (take("P<") || take("<")) {
        at = pattern.indexOf('>', at) + 1;
        if (at == 0) {
          throw new UnknownSyntax();
        }
      } else if (!take(":")) {
        return flags();
      }
    }
    PatternNode inside = choice();
    if (!take(")")) {
      throw new UnknownSyntax();
    }
    return inside;
  }

  /// `(?i)` and `(?i:…)`; what other flags change is allowed anyway.
  private PatternNode flags() {
    boolean isOn = true;
    boolean outerCase = ignoreCase;
    while (peek() != ')' && peek() != ':') {
      char flag = pattern.charAt(at++);
      if (flag == '-') {
        isOn = false;
      } else if (flag == 'i') {
        ignoreCase = isOn;
      } else if ("msU".indexOf(flag) < 0) {
        throw new UnknownSyntax();
      }
    }
    if (take(")")) {
      // Holds up to the end of the group around it, which restores it.
      return PatternNode.EMPTY;
    }
    take(":");
    PatternNode inside = choice();
    ignoreCase = outerCase;
    if (!take(")")) {
      throw new UnknownSyntax();
    }
    return inside;
  }

  private PatternNode escape() {
    char c = peek();
    at++;
    BitSet known = named(c);
    if (known != null) {
      return any(known);
    }
    if ("bBAz".indexOf(c) >= 0) {
      return PatternNode.EMPTY;
    }
    return literal(escaped(c));
  }

  private static BitSet named(char c) {
    BitSet set = new BitSet();
    switch (Character.toLowerCase(c)) {
      case 'd' -> set.set('0', '9' + 1);
      case 'w' -> {
        set.set('0', '9' + 1);
        set.set('a', 'z' + 1);
        set.set('A', 'Z' + 1);
        set.set('_');
      }
      case 's' -> " \t\n\f\r".chars().forEach(set::set);
      default -> {
        return null;
      }
    }
    if (Character.isUpperCase(c)) {
      set.flip(0, 256);
    }
    return set;
  }

  private int escaped(char c) {
    switch (c) {
      case 'n':
        return '\n';
      case 't':
        return '\t';
      case 'r':
        return '\r';
      case 'f':
        return '\f';
      case 'v':
        return 0x0B;
      case 'a':
        return 0x07;
      default:
        if (Character.isLetterOrDigit(c)) {
          throw new UnknownSyntax();
        }
        return c;
    }
  }

  /// `[…]`, after the bracket.
  private PatternNode set() {
    boolean isNegated = take("^");
    BitSet set = new BitSet();
    boolean isFirst = true;
    while (isFirst || peek() != ']') {
      isFirst = false;
      if (pattern.startsWith("[:", at)) {
        throw new UnknownSyntax();
      }
      BitSet known = pattern.charAt(at) == '\\' ? named(pattern.charAt(at + 1)) : null;
      if (known != null) {
        at += 2;
        set.or(known);
      } else {
        range(set);
      }
    }
    at++;
    if (isNegated) {
      // What is beyond ASCII is in it or not; say yes.
      set.flip(0, 128);
      set.set(128, 256);
    }
    return any(set);
  }

  private void range(BitSet set) {
    int low = member();
    int high = low;
    if (pattern.startsWith("-", at) && at + 1 < pattern.length() && pattern.charAt(at + 1) != ']') {
      at++;
      high = member();
    }
    for (int point = low; point <= Math.min(high, 127); point++) {
      fold(set, point);
    }
    if (high > 127) {
      set.set(128, 256);
    }
  }

  private int member() {
    int point = pattern.codePointAt(at);
    at += Character.charCount(point);
    if (point == '\\') {
      char c = peek();
      at++;
      return escaped(c);
    }
    return point;
  }

  private PatternNode literal(int point) {
    if (point > 127) {
      if (ignoreCase) {
        return beyondAscii();
      }
      List<PatternNode> bytes = new ArrayList<>();
      for (byte each : Character.toString(point).getBytes(StandardCharsets.UTF_8)) {
        BitSet one = new BitSet();
        one.set(each & 0xFF);
        bytes.add(new Bytes(one));
      }
      return new Sequence(bytes);
    }
    BitSet set = new BitSet();
    fold(set, point);
    return any(set);
  }

  private void fold(BitSet set, int point) {
    set.set(point);
    if (ignoreCase && Character.isLetter(point)) {
      set.set(Character.toLowerCase(point));
      set.set(Character.toUpperCase(point));
      // The Kelvin sign and the long s are a k and an s.
      if ("kKsS".indexOf(point) >= 0) {
        set.set(128, 256);
      }
    }
  }

  private static BitSet all() {
    BitSet set = new BitSet();
    set.set(0, 256);
    return set;
  }

  /// A character of the set: one byte of ASCII, or some from 0x80.
  private static PatternNode any(BitSet set) {
    if (set.nextSetBit(128) < 0) {
      return new Bytes(set);
    }
    BitSet ascii = set.get(0, 128);
    return ascii.isEmpty() ? beyondAscii() : new Choice(List.of(new Bytes(ascii), beyondAscii()));
  }

  private static PatternNode beyondAscii() {
    BitSet high = new BitSet();
    high.set(128, 256);
    return new Repeat(new Bytes(high), 1, PatternNode.NO_LIMIT);
  }
}
