package dev.steerage.worker.rules;

import dev.steerage.domain.rule.Action;
import dev.steerage.domain.rule.Match;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleBook;
import dev.steerage.domain.rule.RuleLimits;
import dev.steerage.domain.rule.RuleProblem;
import dev.steerage.domain.rule.RuleValidation;
import dev.steerage.domain.rule.Until;
import dev.steerage.domain.rule.When;
import dev.steerage.domain.steering.FiredHistory;
import dev.steerage.domain.steering.InterventionPlan;
import dev.steerage.domain.steering.RequestFacts;
import dev.steerage.domain.steering.RuleCursor;
import dev.steerage.domain.steering.RuleProgram;
import dev.steerage.domain.steering.Shadow;
import dev.steerage.domain.steering.SitePlan;
import dev.steerage.domain.steering.TokenBytes;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.Prompt;
import dev.steerage.transformer.generation.CodeView;
import dev.steerage.transformer.intervention.Steering;
import dev.steerage.transformer.tokenizer.Tokenizer;
import dev.steerage.worker.generation.ServedModel;
import dev.steerage.worker.generation.WorkItem;
import dev.steerage.worker.tick.TickEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/// How one request is steered, position by position. Decode thread only.
///
/// Everything is decided from the position, the tokens, the natural codes before it and the
/// revision in force, so that a successor or a replay which goes through the same ones decides
/// alike. A steer command is a rule of this request that begins at a position.
public final class RequestSteering {
  private static final Pattern RULE_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final int PROGRAMS_MAX = 8;
  private static final byte[] NO_TEXT = {};

  private final TenantRules rules;
  private final ServedModel model;
  private final WorkItem item;
  private final int promptLength;
  private final int committed;
  private final RequestFacts facts;
  private final List<Rule> inline;
  private final List<Lapse> lapses;
  private final LongSupplier clock;
  private final TokenBytes texts;
  private final RuleEffects effects;
  private final FiredHistory history;
  private final SteeringTable table;
  private final List<String> ruleIds = new ArrayList<>();
  private final Map<Long, RuleProgram> programs = new HashMap<>();

  private List<String> ruleIdsSeen = List.of();
  private InterventionPlan lastPlan = InterventionPlan.none();
  private Steering lastSteering = Steering.NONE;
  private RuleProgram program;
  private RuleCursor cursor;

  // What was decided for positions that the engine has not reported yet; by position, as a ring
  // whose size is a power of two.
  private InterventionPlan[] evaluated = new InterventionPlan[64];
  private int asked = -1;
  private int observed = -1;
  private InterventionPlan current = InterventionPlan.none();
  private boolean historyForCommitted;

  // When the next rule of the program lapses, once all were looked at.
  private long nextLapseMs = Long.MIN_VALUE;
  private final RuleCosts costs = new RuleCosts();

  /// @param promptLength tokens of the prompt
  /// @param committed tokens that a predecessor committed: what rules did to them was told
  /// @param lapses recorded decisions about rules that end at a time
  /// @param clock epoch milliseconds, for decisions that are not recorded
  public RequestSteering(
      TenantRules rules,
      ServedModel model,
      WorkItem item,
      String worker,
      int promptLength,
      int committed,
      List<Lapse> lapses,
      LongSupplier clock) {
    this.rules = rules;
    this.model = model;
    this.item = item;
    this.promptLength = promptLength;
    this.committed = committed;
    this.lapses = List.copyOf(lapses);
    this.clock = clock;
    this.effects = new RuleEffects(item, worker, rules);
    Tokenizer tokenizer = model.engine().tokenizer();
    this.texts = token -> tokenizer.isSpecial(token) ? NO_TEXT : tokenizer.bytes(token);
    Prompt prompt = item.work().prompt();
    facts =
        new RequestFacts(
            item.origin().request(),
            prompt.session(),
            prompt.labels(),
            model.name(),
            promptLength,
            prompt.standingRules());
    inline = new ArrayList<>(prompt.rules());
    history = new FiredHistory(model.shape());
    table = new SteeringTable(model.shape().sites().size());
  }

  /// What is wrong with the rules that a prompt carries; empty: nothing.
  public static Optional<Refused> check(List<Rule> rules, RuleBook book, ServedModel model) {
    for (Rule rule : rules) {
      List<RuleProblem> problems =
          RuleValidation.checkInline(
              rule, model.shape(), concept -> book.concept(model.name(), concept));
      if (!problems.isEmpty()) {
        return Optional.of(Refused.of(problems));
      }
    }
    return Optional.empty();
  }

  /// Compiles what recorded positions will need, so that chunks of them are steered as they were.
  public void expect(Collection<Long> recordedRevisions) {
    for (long revision : recordedRevisions) {
      historyForCommitted |= programAt(revision).needsHistory();
    }
  }

  /// The steering of the next position.
  ///
  /// @param tokenIndex of the token that it chooses; negative before the last prompt position
  /// @param token read at the position
  public Steering at(
      int position, int tokenIndex, boolean generationPhase, int token, long revision) {
    follow(revision);
    boolean isTold = committed > 0 && tokenIndex < committed;
    lapse(tokenIndex, generationPhase, isTold);
    boolean isTimed = RuleCosts.isTimed(position);
    long start = isTimed ? System.nanoTime() : 0;
    cursor.evaluate(position, token, generationPhase, history);
    effects.collect(cursor, Math.max(0, tokenIndex), isTold);
    assert position == asked + 1 : position + ", expected " + (asked + 1);
    asked = position;
    if (asked - observed > evaluated.length) {
      grow();
    }
    evaluated[position & evaluated.length - 1] = cursor.plan();
    if (cursor.plan() != lastPlan) {
      lastPlan = cursor.plan();
      lastSteering = table.of(lastPlan);
    }
    if (isTimed && !lastPlan.isEmpty()) {
      costs.took(System.nanoTime() - start);
    }
    return lastSteering;
  }

  /// More positions are under way than ever before.
  private void grow() {
    InterventionPlan[] more = new InterventionPlan[2 * evaluated.length];
    for (int position = observed + 1; position < asked; position++) {
      more[position & more.length - 1] = evaluated[position & evaluated.length - 1];
    }
    evaluated = more;
  }

  private void follow(long revision) {
    if (program != null && program.revision() == revision) {
      return;
    }
    program = programAt(revision);
    nextLapseMs = Long.MIN_VALUE;
    table.clear();
    lastPlan = InterventionPlan.none();
    lastSteering = Steering.NONE;
    if (cursor == null) {
      cursor = new RuleCursor(program, texts, model.shape().maxPositions());
    } else {
      cursor.follow(program);
    }
  }

  private RuleProgram programAt(long revision) {
    RuleProgram known = programs.get(revision);
    if (known == null) {
      if (programs.size() == PROGRAMS_MAX) {
        programs.clear();
      }
      known = rules.programs().program(rules.bookAt(revision), List.copyOf(inline), facts, program);
      programs.put(revision, known);
    }
    return known;
  }

  /// Rules whose time is over act no more from the next token on that nobody has committed. The
  /// prompt is one decision, made at its first position.
  private void lapse(int tokenIndex, boolean generationPhase, boolean isTold) {
    if (program.timed().length == 0) {
      return;
    }
    boolean isFirst = asked < 0;
    boolean isDue = !isTold && (generationPhase || isFirst);
    long nowMs = isDue ? clock.getAsLong() : Long.MIN_VALUE;
    if (lapses.isEmpty() && nowMs < nextLapseMs) {
      return;
    }
    nextLapseMs = Long.MAX_VALUE;
    for (int index : program.timed()) {
      if (cursor.isOver(index)) {
        continue;
      }
      if (isRecorded(index, tokenIndex)) {
        cursor.lapse(index);
      } else if (nowMs >= timeMs(index)) {
        cursor.lapse(index);
        effects.lapsed(
            program, index, generationPhase ? OptionalInt.of(tokenIndex) : OptionalInt.empty());
      } else {
        nextLapseMs = Math.min(nextLapseMs, timeMs(index));
      }
    }
  }

  private long timeMs(int index) {
    return program.rule(index).until().timeMs().orElseThrow();
  }

  private boolean isRecorded(int index, int tokenIndex) {
    for (Lapse lapse : lapses) {
      if (effects.isOf(lapse, program, index)
          && (lapse.tokenIndex().isEmpty() || lapse.tokenIndex().getAsInt() <= tokenIndex)) {
        return true;
      }
    }
    return false;
  }

  /// What rules did since the last call, to be committed with the token that they affected.
  public List<TickEvent> takeEffects() {
    return effects.take();
  }

  /// What rules that only shadow would have done to the request, told when it ends.
  public List<TickEvent> shadowReports() {
    return effects.shadowReports();
  }

  /// The engine's codes in the words of the domain.
  private record Natural(CodeView codes) implements Shadow.NaturalCodes {
    @Override
    public int slots(int site) {
      return codes.slots(site);
    }

    @Override
    public int code(int site, int slot) {
      return codes.code(site, slot);
    }
  }

  /// Words that rules put on the request so far.
  public List<String> tags() {
    return effects.tags();
  }

  /// The rule that ends the request with the token being chosen.
  public Optional<String> stoppedBy() {
    return effects.stoppedBy();
  }

  /// Whether a position's decision needs the codes of the one before.
  ///
  /// @param revision in force for the next forward
  public boolean needsHistory(long revision) {
    if (historyForCommitted) {
      return true;
    }
    if (program != null && program.revision() == revision) {
      return program.needsHistory();
    }
    return programAt(revision).needsHistory();
  }

  /// The engine reports a position: its natural codes, in order of positions.
  public void observe(int position, CodeView natural) {
    assert position == observed + 1 : position + ", expected " + (observed + 1);
    observed = position;
    current = evaluated[position & evaluated.length - 1];
    natural.copyTo(history.codes(), history.start(position));
    if (!current.shadows().isEmpty()) {
      effects.shadow(
          current.shadows(), Math.max(0, position - promptLength + 1), new Natural(natural));
    }
  }

  /// Whether something was done at the position reported last.
  public boolean isSteered() {
    return !current.isEmpty();
  }

  /// Whether something was done at one of its sites.
  public boolean isSteered(int site) {
    return current.at(site) != null;
  }

  /// Why a slot of the position reported last holds another code: index in [#ruleIds], or -1.
  public int ruleOf(int site, int slot, int naturalCode, int effectiveCode) {
    SitePlan plan = current.at(site);
    String rule =
        plan == null
            ? null
            : plan.ruleOf(slot, model.layout().activeCodes(site), naturalCode, effectiveCode);
    if (rule == null) {
      return -1;
    }
    int index = ruleIds.indexOf(rule);
    if (index < 0) {
      index = ruleIds.size();
      ruleIds.add(rule);
      ruleIdsSeen = List.copyOf(ruleIds);
    }
    costs.changed(index, observed);
    return index;
  }

  /// What rules that changed slots of this request did and took.
  public List<Completion.RuleCost> costs() {
    return costs.of(ruleIds);
  }

  /// Rules that changed a slot of this request so far; never changes once handed out.
  public List<String> ruleIds() {
    return ruleIdsSeen;
  }

  /// Steers this request from the next forward on.
  ///
  /// @param fromToken the token that the next forward chooses
  public Optional<Refused> steer(
      String command, int partition, long offset, List<Action> actions, int fromToken) {
    Rule rule = rule(command, partition, offset, actions, fromToken);
    if (actions.isEmpty()) {
      return Optional.of(Refused.malformed("a steer command without actions"));
    }
    if (effects.steers() >= RuleLimits.INLINE_RULES) {
      return Optional.of(
          Refused.overLimit("steer commands of a request: limit=" + RuleLimits.INLINE_RULES));
    }
    Optional<Refused> refused = check(List.of(rule), rules.newest(), model);
    if (refused.isEmpty()) {
      add(rule, command, offset);
    }
    return refused;
  }

  /// Steers again as a predecessor did.
  ///
  /// @param fromToken the first token that it affected
  public void resumeSteer(
      String command, int partition, long offset, List<Action> actions, int fromToken) {
    add(rule(command, partition, offset, actions, fromToken), command, offset);
  }

  private void add(Rule rule, String command, long offset) {
    inline.add(rule);
    effects.steer(rule, command, offset);
    // Compiled again at the next position.
    program = null;
    programs.clear();
  }

  private Rule rule(
      String command, int partition, long offset, List<Action> actions, int fromToken) {
    String local = RULE_ID.matcher(command).matches() ? command : partition + "-" + offset;
    When from =
        new When(
            When.Phase.GENERATION,
            Optional.of(new When.Positions.Range(promptLength - 1 + fromToken, Integer.MAX_VALUE)),
            false,
            List.of(),
            Optional.empty());
    return new Rule(
        "command:" + local,
        model.name(),
        RuleLimits.PRIORITY,
        Match.ALL,
        from,
        actions,
        Until.NEVER,
        "command");
  }
}
