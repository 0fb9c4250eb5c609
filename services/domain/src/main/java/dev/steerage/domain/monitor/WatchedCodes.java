package dev.steerage.domain.monitor;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.rule.Action;
import dev.steerage.domain.rule.CodeSelection;
import dev.steerage.domain.rule.Rule;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/// What a monitor looks at and what its rule changes, with concepts looked up.
public final class WatchedCodes {
  private WatchedCodes() {}

  /// The monitor with the codes of its concepts in their place: what the platform's topic holds,
  /// where nobody can look a concept up.
  public static Monitor resolve(Monitor monitor, Function<String, List<Code>> concepts) {
    Measure measure =
        switch (monitor.measure()) {
          case Measure.Rate(CodeSelection codes) -> new Measure.Rate(codes(codes, concepts));
          case Measure.Share(CodeSelection codes) -> new Measure.Share(codes(codes, concepts));
          case Measure.Absence(CodeSelection codes) -> new Measure.Absence(codes(codes, concepts));
          case Measure.CoFiring(CodeSelection codes, CodeSelection with) ->
              new Measure.CoFiring(codes(codes, concepts), codes(with, concepts));
          case Measure.Distinct same -> same;
          case Measure.Entropy same -> same;
          case Measure.Drift same -> same;
          case Measure.Stops same -> same;
          case Measure.Alerts same -> same;
          case Measure.Divergence same -> same;
          case Measure.Loss same -> same;
        };
    return new Monitor(
        monitor.id(),
        monitor.model(),
        measure,
        monitor.window(),
        monitor.scope(),
        monitor.bound(),
        monitor.support(),
        monitor.coolDownMs(),
        monitor.severity(),
        monitor.message(),
        monitor.then(),
        monitor.author());
  }

  private static CodeSelection codes(
      CodeSelection selection, Function<String, List<Code>> concepts) {
    return new CodeSelection.Codes(list(selection, concepts));
  }

  private static List<Code> list(CodeSelection selection, Function<String, List<Code>> concepts) {
    return switch (selection) {
      case CodeSelection.Codes(List<Code> codes) -> codes;
      case CodeSelection.Concept(String name) -> concepts.apply(name);
    };
  }

  /// The sites whose codes a monitor must be shown.
  public static Set<Site> sites(Monitor monitor, Function<String, List<Code>> concepts) {
    Set<Site> sites = new TreeSet<>();
    monitor.watchedSite().ifPresent(sites::add);
    for (CodeSelection selection : monitor.watchedCodes()) {
      list(selection, concepts).forEach(code -> sites.add(code.site()));
    }
    return sites;
  }

  /// A code that the rule of one monitor changes and another monitor watches.
  static Optional<Code> changedAndWatched(
      Monitor changing, Monitor watching, Function<String, List<Code>> concepts) {
    Optional<Rule> rule = changing.then();
    if (rule.isEmpty()) {
      return Optional.empty();
    }
    Set<Code> watched = new HashSet<>();
    watching.watchedCodes().forEach(codes -> watched.addAll(list(codes, concepts)));
    Optional<Site> site = watching.watchedSite();
    for (Action action : rule.get().actions()) {
      if (action instanceof Action.Intervention intervention) {
        for (Code code : list(intervention.codes(), concepts)) {
          if (watched.contains(code) || site.filter(code.site()::equals).isPresent()) {
            return Optional.of(code);
          }
        }
      }
    }
    return Optional.empty();
  }
}
