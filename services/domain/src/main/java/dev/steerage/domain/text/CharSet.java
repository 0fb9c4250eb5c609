package dev.steerage.domain.text;

import java.util.ArrayList;
import java.util.List;

/// A set of characters as ranges of code points.
record CharSet(List<Range> ranges, boolean isNegated, boolean ignoresCase) {
  CharSet {
    ranges = List.copyOf(ranges);
  }

  /// From a character to a character, both included.
  record Range(int from, int to) {}

  static CharSet of(int character, boolean ignoresCase) {
    return new CharSet(List.of(new Range(character, character)), false, ignoresCase);
  }

  boolean contains(int character) {
    return isNegated != (has(character) || ignoresCase && hasOtherCase(character));
  }

  private boolean has(int character) {
    for (Range range : ranges) {
      if (character >= range.from() && character <= range.to()) {
        return true;
      }
    }
    return false;
  }

  private boolean hasOtherCase(int character) {
    int upper = Character.toUpperCase(character);
    return has(upper) || has(Character.toLowerCase(upper));
  }

  /// `\d`, `\w`, `\s`: ASCII, as in other engines of linear time. Null for another letter.
  static List<Range> named(char letter) {
    return switch (letter) {
      case 'd' -> List.of(new Range('0', '9'));
      case 'w' ->
          List.of(
              new Range('0', '9'), new Range('A', 'Z'), new Range('_', '_'), new Range('a', 'z'));
      case 's' -> List.of(new Range('\t', '\r'), new Range(' ', ' '));
      default -> null;
    };
  }

  /// Everything that is not in `ranges`, which are sorted.
  static List<Range> complement(List<Range> ranges) {
    List<Range> others = new ArrayList<>();
    int next = 0;
    for (Range range : ranges) {
      if (range.from() > next) {
        others.add(new Range(next, range.from() - 1));
      }
      next = range.to() + 1;
    }
    others.add(new Range(next, Character.MAX_CODE_POINT));
    return others;
  }
}
