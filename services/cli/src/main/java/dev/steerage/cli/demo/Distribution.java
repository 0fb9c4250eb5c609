package dev.steerage.cli.demo;

import dev.steerage.cli.terminal.Bar;
import dev.steerage.cli.terminal.Style;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.automaton.Automaton;
import dev.steerage.domain.codebook.Code;
import java.util.Map;

/// Probabilities of the target's successors as bars: before, after, true.
final class Distribution {
  private static final int BAR = 12;

  private final Terminal terminal;
  private final Automaton automaton;
  private final int target;

  Distribution(Terminal terminal, Automaton automaton, int target) {
    this.terminal = terminal;
    this.automaton = automaton;
    this.target = target;
  }

  void show(
      Map<Integer, Double> before,
      Map<Integer, Double> oneCode,
      Map<Integer, Double> after,
      Code code) {
    double truth = 1.0 / automaton.after(target).size();
    double most = truth;
    for (int state : automaton.after(target)) {
      most = Math.max(most, Math.max(before.get(state), after.get(state)));
    }
    terminal.line(
        terminal.styled(
            Style.FAINT,
            "   next   %s%s%s".formatted(head("unsteered"), head("steered"), head("automaton"))));
    for (int state : automaton.after(target)) {
      terminal.line(
          "   %4s   %s%s%s"
              .formatted(
                  automaton.text(state),
                  cell(before.get(state), most),
                  cell(after.get(state), most),
                  cell(truth, most).stripTrailing()));
    }
    terminal.line(
        "   %s   %6.1f %%%s%6.1f %%%s%6.1f %%"
            .formatted(
                " all",
                100 * sum(before),
                " ".repeat(BAR + 4),
                100 * sum(after),
                " ".repeat(BAR + 4),
                100.0));
    terminal.line(
        "   with the single code %s at the last digit only: %.1f %%"
            .formatted(code, 100 * sum(oneCode)));
  }

  private static String head(String name) {
    return "%8s%s".formatted(name, " ".repeat(BAR + 4));
  }

  private static String cell(double chance, double most) {
    return "%6.1f %% %s   ".formatted(100 * chance, Bar.of(chance, most, BAR));
  }

  private static double sum(Map<Integer, Double> chances) {
    return chances.values().stream().mapToDouble(Double::doubleValue).sum();
  }
}
