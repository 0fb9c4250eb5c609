package dev.steerage.worker.generation;

import dev.steerage.schemas.message.Command;
import dev.steerage.schemas.message.Completion;
import dev.steerage.worker.rules.Lapse;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/// What the log says about a request that an earlier attempt began.
///
/// @param started the first attempt's event: it fixed the prompt's tokens and revision
/// @param attempt the last attempt that wrote anything
/// @param tokens committed tokens, by index, without a gap
/// @param orders commands that were acknowledged for it, in the order of their effect
/// @param lapses rules whose time was over while it ran
public record Claim(
    Completion.Started started,
    int attempt,
    List<Completion.Token> tokens,
    List<Settled> orders,
    List<Lapse> lapses) {
  public Claim {
    tokens = List.copyOf(tokens);
    orders = List.copyOf(orders);
    lapses = List.copyOf(lapses);
    for (int i = 0; i < tokens.size(); i++) {
      if (tokens.get(i).index() != i) {
        throw new IllegalArgumentException(
            "claim: token index=" + tokens.get(i).index() + ", expected " + i);
      }
    }
  }

  /// Ids of the commands that took effect.
  Set<String> orderIds() {
    return orders.stream().map(Settled::id).collect(Collectors.toSet());
  }

  /// A command that took effect.
  ///
  /// @param id of the command
  /// @param partition of the commands topic
  /// @param offset there
  /// @param tokenIndex for a steer command: the first token it affected
  public record Settled(
      String id, Command command, int partition, long offset, OptionalInt tokenIndex) {}
}
