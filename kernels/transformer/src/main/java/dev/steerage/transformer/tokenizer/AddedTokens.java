package dev.steerage.transformer.tokenizer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Tokens that are found in the text before it is cut into words; at one place the longest wins.
final class AddedTokens {
  /// One added token.
  ///
  /// @param swallowLeft spaces before it belong to it, likewise `swallowRight` after it
  record Added(
      int id, String content, boolean special, boolean swallowLeft, boolean swallowRight) {}

  /// A stretch of text, or an added token.
  ///
  /// @param token -1 for text
  record Piece(String text, int token) {}

  private final List<Added> longestFirst;

  AddedTokens(List<Added> tokens) {
    List<Added> sorted = new ArrayList<>(tokens);
    sorted.sort(Comparator.comparingInt((Added t) -> t.content().length()).reversed());
    longestFirst = List.copyOf(sorted);
  }

  List<Piece> split(String text) {
    List<Piece> pieces = new ArrayList<>();
    int from = 0;
    int at = 0;
    while (at < text.length()) {
      Added found = at(text, at);
      if (found == null) {
        at++;
        continue;
      }
      int end = at;
      while (found.swallowLeft() && end > from && isSpace(text.charAt(end - 1))) {
        end--;
      }
      addText(pieces, text, from, end);
      pieces.add(new Piece(found.content(), found.id()));
      from = at + found.content().length();
      while (found.swallowRight() && from < text.length() && isSpace(text.charAt(from))) {
        from++;
      }
      at = from;
    }
    addText(pieces, text, from, text.length());
    return pieces;
  }

  private Added at(String text, int at) {
    for (Added token : longestFirst) {
      if (text.startsWith(token.content(), at)) {
        return token;
      }
    }
    return null;
  }

  private static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  private static void addText(List<Piece> pieces, String text, int from, int to) {
    if (from < to) {
      pieces.add(new Piece(text.substring(from, to), -1));
    }
  }
}
