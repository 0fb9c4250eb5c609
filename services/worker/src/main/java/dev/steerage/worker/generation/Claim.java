package dev.steerage.worker.generation;

import dev.steerage.schemas.message.Command;
import dev.steerage.schemas.message.Completion;
import dev.steerage.worker.rules.Lapse;
import java.util.List;
import java.util.Optional;
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
/// @param twin of a paired request: what is committed of its other half
public record Claim(
    Completion.Started started,
    int attempt,
    List<Completion.Token> tokens,
    List<Settled> orders,
    List<Lapse> lapses,
    Twin twin) {
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

  /// The other half of a paired request.
  ///
  /// @param tokens ids of those that were told, by index, without a gap
  /// @param ends halves that ended
  public record Twin(List<Integer> tokens, List<Completion.HalfEnd> ends) {
    public static final Twin NONE = new Twin(List.of(), List.of());

    public Twin {
      tokens = List.copyOf(tokens);
      ends = List.copyOf(ends);
    }

    /// How a half ended, if it did.
    Optional<Completion.HalfEnd> end(Completion.Half half) {
      return ends.stream().filter(end -> end.half() == half).findFirst();
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
