package dev.steerage.domain.monitor;

import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.rule.RuleLimits;
import dev.steerage.domain.rule.RuleProblem;
import dev.steerage.domain.rule.RuleProblem.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/// What is wrong with a monitor by itself: names, numbers, and bounds that no window can cross.
/// Codes, concepts and cycles are looked at where the rule log is known.
public final class MonitorCheck {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,40}");

  private final List<RuleProblem> problems = new ArrayList<>();
  private final Monitor monitor;

  private MonitorCheck(Monitor monitor) {
    this.monitor = monitor;
  }

  /// Without a model.
  public static List<RuleProblem> form(Monitor monitor) {
    var check = new MonitorCheck(monitor);
    check.names();
    check.window();
    check.bound();
    check.loneBound();
    return check.problems;
  }

  /// Bounds that windows over this model cannot cross.
  public static List<RuleProblem> reach(Monitor monitor, ModelShape model) {
    var check = new MonitorCheck(monitor);
    check.reach(model);
    return check.problems;
  }

  private void add(Kind kind, String detail) {
    problems.add(new RuleProblem(kind, "monitor " + monitor.id() + ": " + detail));
  }

  private void names() {
    if (!NAME.matcher(monitor.id()).matches()) {
      add(Kind.BAD_NAME, "expected " + NAME);
    }
    within("support", monitor.support(), 1, MonitorLimits.SUPPORT);
    within("coolDownMs", monitor.coolDownMs(), MonitorLimits.COOL_DOWN_MS, MonitorLimits.WINDOW_MS);
    monitor
        .message()
        .filter(text -> text.isBlank() || text.length() > RuleLimits.TEXT)
        .ifPresent(_ -> add(Kind.BAD_NAME, "message: limit=" + RuleLimits.TEXT));
    if (monitor.scope() instanceof MonitorScope.OfLabel(String name)
        && (name.isBlank() || name.length() > RuleLimits.TEXT)) {
      add(Kind.BAD_NAME, "label: limit=" + RuleLimits.TEXT);
    }
  }

  private void window() {
    long length = monitor.window().lengthMs();
    within("window", length, MonitorLimits.PANE_MS, MonitorLimits.WINDOW_MS);
    if (monitor.window() instanceof MonitorWindow.Hopping(long _, long every)) {
      within("every", every, MonitorLimits.PANE_MS, length);
      if (every > 0 && (length % every != 0 || length / every > MonitorLimits.PANES)) {
        add(
            Kind.BAD_NUMBER,
            "window: length="
                + length
                + ", every="
                + every
                + ", expected a part of it, at most "
                + MonitorLimits.PANES);
      }
    }
  }

  private void within(String what, long value, long least, long most) {
    if (value < least || value > most) {
      add(Kind.BAD_NUMBER, what + "=" + value + ", limit=" + least + ".." + most);
    }
  }

  private void bound() {
    monitor.bound().ifPresent(this::bound);
  }

  private void bound(Bound bound) {
    if (!Double.isFinite(bound.value()) || !Double.isFinite(bound.clear())) {
      add(Kind.BAD_NUMBER, "a bound is no number");
    } else if (bound.side() == Bound.Side.ABOVE && bound.clear() > bound.value()
        || bound.side() == Bound.Side.BELOW && bound.clear() < bound.value()) {
      add(Kind.CONTRADICTION, "it would be cleared where it is raised: clear=" + bound.clear());
    } else if (bound.side() == Bound.Side.ABOVE && bound.clear() < 0) {
      add(Kind.CONTRADICTION, "can never be cleared: clear=" + bound.clear() + " is below 0");
    } else if (bound.side() == Bound.Side.BELOW && bound.value() <= 0) {
      add(Kind.CONTRADICTION, "can never fire: no value is below " + bound.value());
    }
  }

  private void loneBound() {
    switch (monitor.measure()) {
      case Measure.Absence _ -> {
        if (monitor.bound().isPresent()) {
          add(Kind.CONTRADICTION, "absence has no bound");
        }
      }
      case Measure.Drift(Site _, int baseline, double confidence) -> {
        within("baseline", baseline, MonitorLimits.BASELINE_LEAST, MonitorLimits.BASELINE);
        if (!(confidence >= 0.5 && confidence <= 0.999)) {
          add(Kind.BAD_NUMBER, "confidence=" + confidence + ", limit=0.5..0.999");
        }
        if (baseline < 2L * monitor.support()) {
          add(
              Kind.CONTRADICTION,
              "can never fire: a bound is calibrated on halves of the baseline, baseline="
                  + baseline
                  + ", support="
                  + monitor.support());
        }
      }
      case Measure.Rate _,
          Measure.Share _,
          Measure.Distinct _,
          Measure.Entropy _,
          Measure.CoFiring _,
          Measure.Stops _,
          Measure.Alerts _,
          Measure.Divergence _ ->
          requireBound();
      case Measure.Loss(Optional<String> _, double percent) -> {
        requireBound();
        if (!(percent > 0 && percent <= 100)) {
          add(Kind.BAD_NUMBER, "percent=" + percent + ", limit=above 0..100");
        }
      }
    }
  }

  private void requireBound() {
    if (monitor.bound().isEmpty()) {
      add(Kind.BAD_NUMBER, "expected above or below");
    }
  }

  private void reach(ModelShape model) {
    if (monitor.measure().isOfEnds() && monitor.scope() instanceof MonitorScope.OfRequest) {
      add(Kind.CONTRADICTION, "can never fire: a request ends once");
    }
    if (monitor.scope() instanceof MonitorScope.OfRequest
        && monitor.support() > model.maxPositions()) {
      add(
          Kind.CONTRADICTION,
          "can never fire: support="
              + monitor.support()
              + ", positions of a request at most "
              + model.maxPositions());
    }
    if (monitor.bound().isEmpty()) {
      return;
    }
    Bound bound = monitor.bound().get();
    double most =
        switch (monitor.measure()) {
          case Measure.Share _, Measure.CoFiring _, Measure.Stops _, Measure.Divergence _ -> 1;
          case Measure.Distinct(Site site) -> codes(site, model);
          case Measure.Entropy(Site site) -> Math.log(codes(site, model));
          case Measure.Drift _ -> Math.log(2);
          case Measure.Rate _, Measure.Absence _, Measure.Alerts _, Measure.Loss _ ->
              Double.POSITIVE_INFINITY;
        };
    if (bound.side() == Bound.Side.ABOVE && bound.value() >= most) {
      add(Kind.CONTRADICTION, "can never fire: no value is above " + bound.value());
    }
    if (bound.side() == Bound.Side.BELOW && bound.clear() > most) {
      add(Kind.CONTRADICTION, "can never be cleared: no value reaches " + bound.clear());
    }
  }

  private static int codes(Site site, ModelShape model) {
    OptionalInt index = model.indexOf(site);
    return index.isEmpty() ? Integer.MAX_VALUE : model.sites().get(index.getAsInt()).codes();
  }
}
