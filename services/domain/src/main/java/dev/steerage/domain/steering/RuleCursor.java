package dev.steerage.domain.steering;

import dev.steerage.domain.rule.Rule;
import java.util.HashMap;
import java.util.Map;

/// Where one request is in its rules: what `once` and `until` have used up, kept by rule id across
/// revisions. Everything depends on the positions, tokens, natural codes, revisions and recorded
/// lapses only, so a successor or a replay that goes through the same ones gets the same result.
///
/// Only rules that can act are asked at a position ([PartCursor]); what a rule has used up is kept
/// from the first time that it acts. Belongs to one thread. [#evaluate] allocates nothing unless a
/// rule acts for the first time, or a set of rules together.
public final class RuleCursor {
  private static final int POSITIONS = 64;
  private static final int[] NOBODY = {};

  private final Map<String, State> states = new HashMap<>();
  private final ReadTokens tokens;
  private final TokenBytes texts;
  private RuleProgram program;
  private PartCursor[] parts = {};

  // By rule; null: nothing is used up.
  private State[] current = new State[0];
  private ActiveRules active = new ActiveRules(0);
  private ActiveRules applied = new ActiveRules(0);
  private ActiveRules expired = new ActiveRules(0);
  private InterventionPlan plan = InterventionPlan.none();

  // The set of rules that acted last, and what they do: mostly they act again.
  private ActiveRules planned = new ActiveRules(0);
  private InterventionPlan acting = InterventionPlan.none();

  /// A cursor before the first position of a request whose text no rule looks at.
  public RuleCursor(RuleProgram program) {
    this(program, TokenBytes.NONE);
  }

  /// A cursor before the first position.
  public RuleCursor(RuleProgram program, TokenBytes texts) {
    this(program, texts, POSITIONS);
  }

  /// A cursor before the first position.
  ///
  /// @param positions that the request is expected to reach at most
  public RuleCursor(RuleProgram program, TokenBytes texts, int positions) {
    this.texts = texts;
    tokens = new ReadTokens(positions);
    follow(program);
  }

  /// From the next position on, these rules are in force.
  public void follow(RuleProgram next) {
    program = next;
    current = new State[next.size()];
    states.forEach(
        (key, state) -> {
          int index = next.find(key);
          if (index >= 0) {
            current[index] = state;
          }
        });
    PartCursor[] before = parts;
    parts = new PartCursor[next.parts()];
    for (int part = 0; part < parts.length; part++) {
      parts[part] = goOn(before, next, part);
      if (next.part(part).hasNamesakes) {
        shareStates(part);
      }
    }
    active = new ActiveRules(next.size());
    applied = new ActiveRules(next.size());
    expired = new ActiveRules(next.size());
    plan = InterventionPlan.none();
    planned = new ActiveRules(next.size());
    acting = InterventionPlan.none();
  }

  /// What is known of a part that stays is kept: it is what a new look would find.
  private PartCursor goOn(PartCursor[] before, RuleProgram next, int part) {
    for (PartCursor known : before) {
      if (known.goOn(next, part)) {
        return known;
      }
    }
    return new PartCursor(next, part, tokens, texts);
  }

  /// Rules of one name use up the same.
  private void shareStates(int part) {
    for (int i = 0; i < program.part(part).size(); i++) {
      int index = program.place(part, i);
      current[index] = states.computeIfAbsent(program.compiled(index).key(), _ -> new State());
    }
  }

  /// The rules in force.
  public RuleProgram program() {
    return program;
  }

  /// The time of a rule is over: it never acts again on this request.
  ///
  /// @param index in [#program]
  public void lapse(int index) {
    state(index).isOver = true;
  }

  private State state(int index) {
    State state = current[index];
    if (state == null) {
      state = new State();
      current[index] = state;
      states.put(program.compiled(index).key(), state);
    }
    return state;
  }

  /// Whether a rule will never act again on this request.
  public boolean isOver(int index) {
    return current[index] != null && current[index].isOver;
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
    tokens.put(position, token);
    for (PartCursor part : parts) {
      part.evaluate(this, position, token, generationPhase, history);
    }
    boolean any = !active.isEmpty();
    if (any && !active.equals(planned)) {
      planned.copyFrom(active);
      acting = program.plan(active);
    }
    plan = any ? acting : InterventionPlan.none();
    return any;
  }

  /// Asks a rule that can act, once or more at a position.
  ///
  /// @return whether it can act again under this revision
  boolean ask(int index, Reading reading) {
    CompiledRule rule = program.compiled(index);
    State state = current[index];
    if (isDone(rule, state)) {
      return false;
    }
    if (rule.until != null && rule.until.holds(reading)) {
      state(index).isOver = true;
      if (current[index].acted) {
        expired.add(index);
      }
      return false;
    }
    if (rule.when.holds(reading)) {
      act(index, state(index), rule, reading.isGeneration());
    }
    return !isDone(rule, current[index]);
  }

  /// Whether nothing of it is left under this revision; another one may allow more.
  private static boolean isDone(CompiledRule rule, State stateOrNull) {
    if (stateOrNull == null) {
      return rule.untilTokens <= 0 || rule.untilUses <= 0;
    }
    return stateOrNull.isOver
        || rule.once && stateOrNull.acted
        || stateOrNull.tokens >= rule.untilTokens
        || stateOrNull.uses >= rule.untilUses;
  }

  private void act(int index, State state, CompiledRule rule, boolean isGeneration) {
    active.add(index);
    if (!state.acted) {
      state.acted = true;
      applied.add(index);
    }
    boolean tokensUsed = isGeneration && ++state.tokens == rule.untilTokens;
    boolean usesUsed = ++state.uses == rule.untilUses;
    if (tokensUsed || usesUsed) {
      expired.add(index);
    }
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

  /// Whether a rule's `until` is reached at the position: it acts for the last time, or, where a
  /// condition ends it, no more.
  public boolean isExpired(int index) {
    return expired.contains(index);
  }

  /// Rules that act for the first time here, in the order in which they are applied.
  public int[] applied() {
    return applied.isEmpty() ? NOBODY : program.inOrder(applied);
  }

  /// Rules whose `until` is reached here, in the order in which they are applied.
  public int[] expired() {
    return expired.isEmpty() ? NOBODY : program.inOrder(expired);
  }

  /// How many tokens a rule has acted on so far.
  public int tokens(Rule rule) {
    State state = states.get(CompiledRule.key(rule, false));
    return state == null ? 0 : state.tokens;
  }

  /// What one rule has used up.
  private static final class State {
    private boolean acted;
    private boolean isOver;
    private int tokens;
    private int uses;
  }
}
