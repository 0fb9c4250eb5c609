package dev.steerage.domain.text;

import dev.steerage.domain.text.CharSet.Range;
import dev.steerage.domain.text.Glushkov.Part;
import java.util.ArrayList;
import java.util.List;

/// Reads a pattern by recursive descent, straight into its automaton. A counted repetition reads
/// its operand again for every copy.
final class PatternParser {
  private static final int REPEAT_MAX = 100;
  private static final int DEPTH_MAX = 16;

  private final int[] text;
  private final Glushkov automaton;
  private boolean ignoresCase;
  private int at;
  private int depth;

  PatternParser(String pattern, Glushkov automaton) {
    text = pattern.codePoints().toArray();
    this.automaton = automaton;
  }

  Part parse() {
    if (accept("(?i)")) {
      ignoresCase = true;
    }
    Part whole = alternatives();
    if (at < text.length) {
      throw new PatternException("')' without '('", at);
    }
    return whole;
  }

  private Part alternatives() {
    if (++depth > DEPTH_MAX) {
      throw new PatternException("groups are nested too deep: limit=" + DEPTH_MAX, at);
    }
    Part part = sequence();
    while (accept("|")) {
      part = automaton.either(part, sequence());
    }
    depth--;
    return part;
  }

  private Part sequence() {
    Part part = automaton.empty();
    while (at < text.length && text[at] != '|' && text[at] != ')') {
      part = automaton.concat(part, repeated());
    }
    return part;
  }

  private Part repeated() {
    int start = at;
    Part part = atom();
    if (at == text.length) {
      return part;
    }
    Part result =
        switch (text[at]) {
          case '*' -> automaton.optional(automaton.repeated(part));
          case '+' -> automaton.repeated(part);
          case '?' -> automaton.optional(part);
          case '{' -> null;
          default -> part;
        };
    if (result == null) {
      return counted(start, part);
    }
    if (result != part || text[at] == '+') {
      at++;
      refuseSecondRepetition();
    }
    return result;
  }

  private Part counted(int start, Part first) {
    at++;
    int least = number();
    int most = least;
    if (accept(",")) {
      most = at < text.length && text[at] == '}' ? -1 : number();
    }
    if (!accept("}")) {
      throw new PatternException("expected {m}, {m,} or {m,n}", at);
    }
    if (least == 0 && most == 0 || most >= 0 && most < least) {
      throw new PatternException("{m,n} asks for nothing", at);
    }
    refuseSecondRepetition();
    int end = at;
    Part all = least == 0 ? automaton.optional(first) : first;
    Part lastCopy = first;
    int copies = Math.max(most, Math.max(least, 1));
    for (int copy = 2; copy <= copies; copy++) {
      at = start;
      lastCopy = atom();
      all = automaton.concat(all, copy > least ? automaton.optional(lastCopy) : lastCopy);
    }
    if (most < 0) {
      automaton.repeated(lastCopy);
    }
    at = end;
    return all;
  }

  private void refuseSecondRepetition() {
    if (at < text.length && "*+?{".indexOf(text[at]) >= 0) {
      throw new PatternException("a repetition cannot follow a repetition", at);
    }
  }

  private int number() {
    int from = at;
    int value = 0;
    while (at < text.length && text[at] >= '0' && text[at] <= '9') {
      value = Math.min(REPEAT_MAX + 1, 10 * value + text[at] - '0');
      at++;
    }
    if (at == from || value > REPEAT_MAX) {
      throw new PatternException("expected a number from 0 to " + REPEAT_MAX, from);
    }
    return value;
  }

  private Part atom() {
    int c = text[at++];
    return switch (c) {
      case '(' -> group();
      case '[' -> automaton.one(set());
      case '.' -> automaton.one(new CharSet(List.of(new Range('\n', '\n')), true, false));
      case '\\' -> automaton.one(new CharSet(escape(), false, ignoresCase));
      case '^', '$' -> throw new PatternException("a stream has no '^' and no '$'", at - 1);
      case '*', '+', '?', '{' -> throw new PatternException("nothing to repeat", at - 1);
      default -> automaton.one(CharSet.of(c, ignoresCase));
    };
  }

  private Part group() {
    if (at < text.length && text[at] == '?' && !accept("?:")) {
      throw new PatternException("only (…) and (?:…) group; (?i) stands at the beginning", at);
    }
    Part part = alternatives();
    if (!accept(")")) {
      throw new PatternException("'(' without ')'", at);
    }
    return part;
  }

  private CharSet set() {
    boolean isNegated = accept("^");
    List<Range> ranges = new ArrayList<>();
    do {
      if (at == text.length) {
        throw new PatternException("'[' without ']'", at);
      }
      if (text[at] == '[') {
        throw new PatternException("'[' inside of a set needs a backslash", at);
      }
      addTo(ranges);
    } while (!accept("]"));
    return new CharSet(ranges, isNegated, ignoresCase);
  }

  private void addTo(List<Range> ranges) {
    List<Range> found = member();
    boolean isRange = at + 1 < text.length && text[at] == '-' && text[at + 1] != ']';
    if (!isRange) {
      ranges.addAll(found);
      return;
    }
    at++;
    List<Range> to = member();
    if (!isOne(found) || !isOne(to) || to.getFirst().from() < found.getFirst().from()) {
      throw new PatternException("a range needs a lower and a higher character", at);
    }
    ranges.add(new Range(found.getFirst().from(), to.getFirst().from()));
  }

  private List<Range> member() {
    int c = text[at++];
    return c == '\\' ? escape() : List.of(new Range(c, c));
  }

  private static boolean isOne(List<Range> ranges) {
    return ranges.size() == 1 && ranges.getFirst().from() == ranges.getFirst().to();
  }

  private List<Range> escape() {
    if (at == text.length) {
      throw new PatternException("a backslash at the end", at);
    }
    int c = text[at++];
    List<Range> named = c < 128 ? CharSet.named((char) Character.toLowerCase(c)) : null;
    if (named != null) {
      return Character.isUpperCase(c) ? CharSet.complement(named) : named;
    }
    int meant =
        switch (c) {
          case 'n' -> '\n';
          case 'r' -> '\r';
          case 't' -> '\t';
          default -> c;
        };
    if (meant == c && Character.isLetterOrDigit(c)) {
      throw new PatternException("unknown escape \\" + Character.toString(c), at - 1);
    }
    return List.of(new Range(meant, meant));
  }

  private boolean accept(String expected) {
    if (at + expected.length() > text.length) {
      return false;
    }
    for (int i = 0; i < expected.length(); i++) {
      if (text[at + i] != expected.charAt(i)) {
        return false;
      }
    }
    at += expected.length();
    return true;
  }
}
