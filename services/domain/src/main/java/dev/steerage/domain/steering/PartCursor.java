package dev.steerage.domain.steering;

/// Which rules of one part of a program can act at a position: those whose trigger happened, and
/// those without one that have begun and not ended. One request's; the cursor asks them.
final class PartCursor {
  private static final int[] NOBODY = {};

  private final RulePart rules;
  private final Triggers triggers;
  private final Reading reading;
  private RuleProgram program;
  private int part;
  private int[] untriggered;
  private int untriggeredCount;
  private boolean isForGeneration;
  // Watches whose codes fired so lately that their rules can act.
  private final int[] hot;
  private final boolean[] isHot;
  private int hotCount;

  /// How many watches have woken.
  private int woken;

  PartCursor(RuleProgram program, int part, ReadTokens tokens, TokenBytes texts) {
    this.program = program;
    this.part = part;
    rules = program.part(part);
    triggers = rules.triggers;
    reading = new Reading(rules, tokens, texts);
    int watches = rules.watches.size();
    hot = watches == 0 ? NOBODY : new int[watches];
    isHot = new boolean[watches];
  }

  /// Goes on with another program that has the same part, unless a rule that was gone, and so is
  /// not looked at any more, is there again.
  ///
  /// @return whether it does
  boolean goOn(RuleProgram next, int nextPart) {
    if (next.part(nextPart) != rules || isBack(program.gone(part), next.gone(nextPart))) {
      return false;
    }
    program = next;
    part = nextPart;
    return true;
  }

  private static boolean isBack(ActiveRules before, ActiveRules after) {
    return before != null && (after == null || !after.containsAll(before));
  }

  /// Goes to a position, and lets the cursor ask every rule that can act there.
  void evaluate(
      RuleCursor cursor, int position, int token, boolean generationPhase, FiredHistory history) {
    reading.goTo(position, generationPhase, history);
    askUntriggered(cursor, position, generationPhase);
    askAll(cursor, triggers.ofToken(token), position);
    for (int pattern = 0; pattern < reading.patternCount(); pattern++) {
      if (reading.isMatched(pattern)) {
        askAll(cursor, triggers.ofPattern(pattern), position);
      }
    }
    askHot(cursor, position);
  }

  /// Rules that wait for nothing, in the order of their first positions. Those that are over drop
  /// out.
  private void askUntriggered(RuleCursor cursor, int position, boolean generationPhase) {
    if (untriggered == null || isForGeneration != generationPhase) {
      untriggered = triggers.untriggered(generationPhase);
      untriggeredCount = untriggered.length;
      isForGeneration = generationPhase;
    }
    int kept = 0;
    int at = 0;
    for (; at < untriggeredCount; at++) {
      int index = untriggered[at];
      Trigger trigger = rules.rules[index].trigger;
      if (trigger.from() > position) {
        break;
      }
      boolean isLeft = ask(cursor, index);
      if (isLeft && position + 1 < trigger.to()) {
        untriggered[kept++] = index;
      }
    }
    if (kept < at) {
      System.arraycopy(untriggered, at, untriggered, kept, untriggeredCount - at);
      untriggeredCount -= at - kept;
    }
  }

  private void askHot(RuleCursor cursor, int position) {
    for (int watch = reading.takeFired(); watch >= 0; watch = reading.takeFired()) {
      if (triggers.isWatchAwake(watch, position)) {
        heat(watch);
      }
    }
    // What fired while all its rules rested may be recent still.
    for (int watch = triggers.waking(woken, position);
        watch >= 0;
        watch = triggers.waking(woken, position)) {
      woken++;
      if (reading.isRecent(watch, triggers.reachOfWatch(watch))) {
        heat(watch);
      }
    }
    int kept = 0;
    for (int i = 0; i < hotCount; i++) {
      int watch = hot[i];
      if (reading.isRecent(watch, triggers.reachOfWatch(watch))) {
        hot[kept++] = watch;
        askAll(cursor, triggers.ofWatch(watch), position);
      } else {
        isHot[watch] = false;
      }
    }
    hotCount = kept;
  }

  private void heat(int watch) {
    if (!isHot[watch]) {
      isHot[watch] = true;
      hot[hotCount++] = watch;
    }
  }

  private void askAll(RuleCursor cursor, int[] indexes, int position) {
    for (int index : indexes) {
      if (triggers.isAwake(index, position)) {
        ask(cursor, index);
      }
    }
  }

  private boolean ask(RuleCursor cursor, int index) {
    return program.acts(part, index) && cursor.ask(program.place(part, index), reading);
  }
}
