package dev.steerage.cli.command;

import dev.steerage.schemas.message.Completion;
import java.util.ArrayList;
import java.util.List;

/// Runs of tokens under one rule revision.
///
/// @param from index of the first token
/// @param to one past the last
record Revisions(long revision, int from, int to) {
  static List<Revisions> of(List<Completion.Token> tokens) {
    List<Revisions> ranges = new ArrayList<>();
    for (Completion.Token token : tokens) {
      if (!ranges.isEmpty() && ranges.getLast().revision() == token.revision()) {
        Revisions last = ranges.removeLast();
        ranges.add(new Revisions(last.revision(), last.from(), token.index() + 1));
      } else {
        ranges.add(new Revisions(token.revision(), token.index(), token.index() + 1));
      }
    }
    return ranges;
  }
}
