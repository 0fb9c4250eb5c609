package dev.steerage.domain.steering;

import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleBook;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// How one list of rules becomes another, both in [RuleBook#ORDER]. A rule that was put again is
/// another one, whatever it says: comparing that would take longer.
///
/// @param gone places in the first list, ascending
/// @param added rules of the second list, in its order
/// @param isTooLarge there are more; then the lists are not all of them
record RuleDifference(List<Integer> gone, List<Rule> added, boolean isTooLarge) {
  /// @param most places and rules together
  static RuleDifference between(List<Rule> before, List<Rule> after, int most) {
    return between(before, after, most, _ -> false);
  }

  /// @param isChanged whether a rule that is in both counts as another one all the same
  static RuleDifference between(
      List<Rule> before, List<Rule> after, int most, Predicate<Rule> isChanged) {
    List<Integer> gone = new ArrayList<>();
    List<Rule> added = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < before.size() || j < after.size()) {
      int order =
          i == before.size() ? 1 : j == after.size() ? -1 : compare(before.get(i), after.get(j));
      boolean isSame = order == 0 && before.get(i) == after.get(j) && !isChanged.test(after.get(j));
      if (!isSame && order <= 0) {
        gone.add(i);
      }
      if (!isSame && order >= 0) {
        added.add(after.get(j));
      }
      i += order <= 0 ? 1 : 0;
      j += order >= 0 ? 1 : 0;
      if (gone.size() + added.size() > most) {
        return new RuleDifference(gone, added, true);
      }
    }
    return new RuleDifference(gone, added, false);
  }

  private static int compare(Rule before, Rule after) {
    return before == after ? 0 : RuleBook.ORDER.compare(before, after);
  }
}
