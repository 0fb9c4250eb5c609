package dev.steerage.domain.steering;

import dev.steerage.domain.rule.Rule;
import java.util.HashMap;
import java.util.Map;

/// Where one request is in its rules: what `once` and `until` have used up, kept by rule id across
/// revisions. Everything depends on the positions, tokens, natural codes and revisions only, so a
/// successor or a replay that goes through the same ones gets the same result.
///
/// Belongs to one thread. [#evaluate] allocates nothing unless a set of rules acts together for the
/// first time.
public final class RuleCursor {
  private final Map<String, State> states = new HashMap<>();
  private RuleProgram program;
  private State[] current = new State[0];
  private ActiveRules active = new ActiveRules(0);
  private ActiveRules applied = new ActiveRules(0);
  private ActiveRules expired = new ActiveRules(0);
  private InterventionPlan plan = InterventionPlan.none();

  /// A cursor before the first position.
  public RuleCursor(RuleProgram program) {
    follow(program);
  }

  /// From the next position on, these rules are in force.
  public void follow(RuleProgram next) {
    program = next;
    current = new State[next.size()];
    for (int i = 0; i < next.size(); i++) {
      String key = (next.isInline(i) ? "inline:" : "") + next.rule(i).id();
      current[i] = states.computeIfAbsent(key, _ -> new State());
      // What was looked for may be another code now.
      current[i].looked = -1;
      current[i].lastFired = -1;
    }
    active = new ActiveRules(next.size());
    applied = new ActiveRules(next.size());
    expired = new ActiveRules(next.size());
    plan = InterventionPlan.none();
  }

  /// The rules in force.
  public RuleProgram program() {
    return program;
  }

  /// Goes to a position; called once for each, in order. Whether any rule acts there.
  ///
  /// @param token the token that is read at the position
  /// @param generationPhase from the last prompt position on
  /// @param history natural codes of the positions before; may be null unless
  ///   [RuleProgram#needsHistory]
  public boolean evaluate(int position, int token, boolean generationPhase, FiredHistory history) {
    active.clear();
    applied.clear();
    expired.clear();
    boolean any = false;
    for (int i = 0; i < current.length; i++) {
      CompiledRule rule = program.compiled(i);
      State state = current[i];
      boolean fired = rule.within == 0 || firedBefore(position, rule, state, history);
      if (fired
          && !(rule.once() && state.acted)
          && state.tokens < rule.untilTokens
          && rule.holdsAt(position, token, generationPhase)) {
        active.add(i);
        any = true;
        act(i, state, rule, generationPhase);
      }
    }
    plan = any ? program.plan(active) : InterventionPlan.none();
    return any;
  }

  private void act(int index, State state, CompiledRule rule, boolean generationPhase) {
    if (!state.acted) {
      state.acted = true;
      applied.add(index);
    }
    if (generationPhase && ++state.tokens == rule.untilTokens) {
      expired.add(index);
    }
  }

  private static boolean firedBefore(
      int position, CompiledRule rule, State state, FiredHistory history) {
    for (int at = Math.max(state.looked + 1, position - rule.within); at < position; at++) {
      if (rule.firedAt(at, history)) {
        state.lastFired = at;
      }
    }
    state.looked = position - 1;
    return state.lastFired >= 0 && position - state.lastFired <= rule.within;
  }

  /// What the rules do at the position; the same object for the same set of acting rules.
  public InterventionPlan plan() {
    return plan;
  }

  /// Whether a rule (index in [#program]) acts at the position.
  public boolean isActive(int index) {
    return active.contains(index);
  }

  /// Whether a rule acts for the first time on this request, under any revision.
  public boolean isApplied(int index) {
    return applied.contains(index);
  }

  /// Whether a rule acts for the last time: the token chosen at this position is its last.
  public boolean isExpired(int index) {
    return expired.contains(index);
  }

  /// How many tokens a rule has acted on so far.
  public int tokens(Rule rule) {
    State state = states.get(rule.id());
    return state == null ? 0 : state.tokens;
  }

  /// What one rule has used up.
  private static final class State {
    private boolean acted;
    private int tokens;
    private int looked = -1;
    private int lastFired = -1;
  }
}
