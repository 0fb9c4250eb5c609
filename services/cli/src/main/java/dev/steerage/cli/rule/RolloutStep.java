package dev.steerage.cli.rule;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import java.util.ArrayList;
import java.util.List;

/// A step of a roll-out.
///
/// @param percent share of sessions, or of requests without one
/// @param seconds how long before the next step; of the last one: nothing follows
public record RolloutStep(double percent, int seconds) {
  /// Reads `5:60,25:60,100`.
  public static List<RolloutStep> parse(String text) {
    List<RolloutStep> steps = new ArrayList<>();
    for (String part : text.split(",")) {
      String[] numbers = part.strip().split(":", 2);
      try {
        double percent = Double.parseDouble(numbers[0]);
        int seconds = numbers.length == 1 ? 0 : Integer.parseInt(numbers[1]);
        double before = steps.isEmpty() ? 0 : steps.getLast().percent();
        if (!(percent > before && percent <= 100) || seconds < 0) {
          throw new CliException(
              ExitCode.USAGE,
              "steps: '" + part + "', expected ascending shares up to 100 and seconds >= 0");
        }
        steps.add(new RolloutStep(percent, seconds));
      } catch (NumberFormatException e) {
        throw new CliException(
            ExitCode.USAGE, "steps: '" + part + "', expected PERCENT:SECONDS", e);
      }
    }
    return steps;
  }
}
