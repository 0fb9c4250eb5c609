package dev.steerage.worker.generation;

import dev.steerage.schemas.message.Completion;
import dev.steerage.worker.rules.Lapse;
import java.util.List;
import java.util.Map;

/// Everything the log holds about one completion.
///
/// @param started the first attempt's event
/// @param classes numeric classes of all attempts, in order, with the token each began at
/// @param tokens by index, without a gap
/// @param orders commands that took effect
/// @param lapses rules whose time was over while it ran
/// @param codes natural codes by position, as far as they were captured: `[site, slot]` in the
///   model's layout, -1 where the site was not captured
public record Recording(
    WorkItem item,
    Completion.Started started,
    List<Attempt> classes,
    List<Completion.Token> tokens,
    List<Claim.Settled> orders,
    List<Lapse> lapses,
    Map<Integer, int[]> codes) {
  public Recording {
    classes = List.copyOf(classes);
    tokens = List.copyOf(tokens);
    orders = List.copyOf(orders);
    lapses = List.copyOf(lapses);
    codes = Map.copyOf(codes);
  }

  /// One attempt.
  public record Attempt(int fromToken, String numericClass) {}
}
