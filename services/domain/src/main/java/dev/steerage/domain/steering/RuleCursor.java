package dev.steerage.domain.steering;

import dev.steerage.domain.rule.Rule;
import java.util.HashMap;
import java.util.Map;

/// Where one request is in its rules: what `once` and `until` have used up, kept by rule id across
/// revisions. Everything depends on the positions, tokens, natural codes, revisions and recorded
/// lapses only, so a successor or a replay that goes through the same ones gets the same result.
///
/// Only rules that can act are asked at a position: those whose trigger happened, and those without
/// one that have begun and not ended. Belongs to one thread. [#evaluate] allocates nothing unless a
/// set of rules acts together for the first time.
public final class RuleCursor {
  private static final int[] NOBODY = {};

  private final Map<String, State> states = new HashMap<>();
  private final Reading reading;
  private RuleProgram program;
  private State[] current = new State[0];
  private ActiveRules active = new ActiveRules(0);
  private ActiveRules applied = new ActiveRules(0);
  private ActiveRules expired = new ActiveRules(0);
  private InterventionPlan plan = InterventionPlan.none();

  // The set of rules that acted last, and what they do: mostly they act again.
  private ActiveRules planned = new ActiveRules(0);
  private InterventionPlan acting = InterventionPlan.none();

  private int[] untriggered = NOBODY;
  private int untriggeredCount;
  private boolean isForGeneration;
  // Watches whose codes fired so lately that their rules can act.
  private int[] hot = NOBODY;
  private boolean[] isHot = {};
  private int hotCount;

  /// A cursor before the first position of a request whose text no rule looks at.
  public RuleCursor(RuleProgram program) {
    this(program, TokenBytes.NONE);
  }

  /// A cursor before the first position.
  public RuleCursor(RuleProgram program, TokenBytes texts) {
    reading = new Reading(texts);
    follow(program);
  }

  /// From the next position on, these rules are in force.
  public void follow(RuleProgram next) {
    program = next;
    current = new State[next.size()];
    for (int i = 0; i < next.size(); i++) {
      current[i] = states.computeIfAbsent(key(next, i), _ -> new State());
    }
    reading.follow(next);
    active = new ActiveRules(next.size());
    applied = new ActiveRules(next.size());
    expired = new ActiveRules(next.size());
    plan = InterventionPlan.none();
    planned = new ActiveRules(next.size());
    acting = InterventionPlan.none();
    untriggered = null;
    hot = new int[next.watches().size()];
    isHot = new boolean[hot.length];
    hotCount = 0;
  }

  private static String key(RuleProgram program, int index) {
    return (program.isInline(index) ? "inline:" : "") + program.rule(index).id();
  }

  /// The rules in force.
  public RuleProgram program() {
    return program;
  }

  /// The time of a rule is over: it never acts again on this request.
  ///
  /// @param index in [#program]
  public void lapse(int index) {
    current[index].isOver = true;
  }

  /// Whether a rule will never act again on this request.
  public boolean isOver(int index) {
    return current[index].isOver;
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
    reading.goTo(position, token, generationPhase, history);
    askUntriggered(position, generationPhase);
    Triggers triggers = program.triggers();
    askAll(triggers.ofToken(token));
    for (int pattern = 0; pattern < reading.patternCount(); pattern++) {
      if (reading.isMatched(pattern)) {
        askAll(triggers.ofPattern(pattern));
      }
    }
    askHot(triggers);
    boolean any = !active.isEmpty();
    if (any && !active.equals(planned)) {
      planned.copyFrom(active);
      acting = program.plan(active);
    }
    plan = any ? acting : InterventionPlan.none();
    return any;
  }

  /// Rules that wait for nothing, in the order of their first positions. Those that are over drop
  /// out.
  private void askUntriggered(int position, boolean generationPhase) {
    if (untriggered == null || isForGeneration != generationPhase) {
      untriggered = program.triggers().untriggered(generationPhase);
      untriggeredCount = untriggered.length;
      isForGeneration = generationPhase;
    }
    int kept = 0;
    int at = 0;
    for (; at < untriggeredCount; at++) {
      int index = untriggered[at];
      Trigger trigger = program.compiled(index).trigger;
      if (trigger.from() > position) {
        break;
      }
      ask(index);
      if (position + 1 < trigger.to() && !isDone(program.compiled(index), current[index])) {
        untriggered[kept++] = index;
      }
    }
    if (kept < at) {
      System.arraycopy(untriggered, at, untriggered, kept, untriggeredCount - at);
      untriggeredCount -= at - kept;
    }
  }

  private void askAll(int[] indexes) {
    for (int index : indexes) {
      ask(index);
    }
  }

  private void askHot(Triggers triggers) {
    for (int watch = reading.takeFired(); watch >= 0; watch = reading.takeFired()) {
      if (!isHot[watch]) {
        isHot[watch] = true;
        hot[hotCount++] = watch;
      }
    }
    int kept = 0;
    for (int i = 0; i < hotCount; i++) {
      int watch = hot[i];
      if (reading.isRecent(watch, triggers.reachOfWatch(watch))) {
        hot[kept++] = watch;
        askAll(triggers.ofWatch(watch));
      } else {
        isHot[watch] = false;
      }
    }
    hotCount = kept;
  }

  private void ask(int index) {
    CompiledRule rule = program.compiled(index);
    State state = current[index];
    if (isDone(rule, state)) {
      return;
    }
    if (rule.until != null && rule.until.holds(reading)) {
      state.isOver = true;
      if (state.acted) {
        expired.add(index);
      }
      return;
    }
    if (rule.when.holds(reading)) {
      act(index, state, rule);
    }
  }

  /// Whether nothing of it is left under this revision; another one may allow more.
  private static boolean isDone(CompiledRule rule, State state) {
    return state.isOver
        || rule.once && state.acted
        || state.tokens >= rule.untilTokens
        || state.uses >= rule.untilUses;
  }

  private void act(int index, State state, CompiledRule rule) {
    active.add(index);
    if (!state.acted) {
      state.acted = true;
      applied.add(index);
    }
    boolean tokensUsed = reading.isGeneration() && ++state.tokens == rule.untilTokens;
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

  /// The first rule from an index on that acts for the first time here, or -1.
  public int nextApplied(int from) {
    return applied.next(from);
  }

  /// The first rule from an index on whose `until` is reached here, or -1.
  public int nextExpired(int from) {
    return expired.next(from);
  }

  /// How many tokens a rule has acted on so far.
  public int tokens(Rule rule) {
    State state = states.get(rule.id());
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
