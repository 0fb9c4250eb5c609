package dev.steerage.domain.monitor;

import dev.steerage.domain.codebook.Code;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Finds monitors that drive each other: the rule of one changes what the next one watches, and so
/// on back to the first.
///
/// A monitor whose rule changes what it watches itself is the closed loop that monitors are for: it
/// has a hysteresis and a cool-down. Two that drive each other have no cool-down in common.
public final class FeedbackCycle {
  private FeedbackCycle() {}

  /// The cycle that a monitor closes with others, in words; empty: none.
  public static Optional<String> through(
      Monitor added, List<Monitor> others, Function<String, List<Code>> concepts) {
    List<Monitor> all = new ArrayList<>();
    others.stream().filter(other -> !other.id().equals(added.id())).forEach(all::add);
    return walk(added, added, all, concepts, new HashSet<>());
  }

  private static Optional<String> walk(
      Monitor at,
      Monitor goal,
      List<Monitor> others,
      Function<String, List<Code>> concepts,
      Set<String> seen) {
    if (!at.id().equals(goal.id())) {
      Optional<Code> back = WatchedCodes.changedAndWatched(at, goal, concepts);
      if (back.isPresent()) {
        return Optional.of(step(at, goal, back.get()));
      }
    }
    for (Monitor next : others) {
      Optional<Code> code = WatchedCodes.changedAndWatched(at, next, concepts);
      if (code.isPresent() && seen.add(next.id())) {
        Optional<String> rest = walk(next, goal, others, concepts, seen);
        if (rest.isPresent()) {
          return Optional.of(step(at, next, code.get()) + ", " + rest.get());
        }
      }
    }
    return Optional.empty();
  }

  private static String step(Monitor from, Monitor to, Code code) {
    return "the rule of " + from.id() + " changes " + code + " that " + to.id() + " watches";
  }
}
