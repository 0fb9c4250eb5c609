package dev.steerage.worker.generation;

import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.transformer.generation.CodeView;
import dev.steerage.transformer.generation.FinishReason;
import dev.steerage.transformer.generation.GenerationListener;
import dev.steerage.transformer.generation.SteeringSource;
import dev.steerage.transformer.generation.TopLogprobs;
import dev.steerage.transformer.intervention.Steering;
import dev.steerage.transformer.tokenizer.StreamingDetokenizer;
import dev.steerage.worker.rules.RequestSteering;
import dev.steerage.worker.rules.TenantRules;
import dev.steerage.worker.tick.RequestOrigin;
import dev.steerage.worker.tick.TickEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// One request while it is in the batch: says how its positions are steered and turns what the
/// engine reports into events. Decode thread only.
///
/// Whatever belongs to a token (its codes, the acks of rules that first acted on it, its text) goes
/// into the step's events together with it, so that one transaction holds all or nothing. The codes
/// of prompt positions wait for token 0; those of tokens that a predecessor committed are not
/// reported again.
final class RequestRun implements SteeringSource, GenerationListener {
  private final RequestOrigin origin;
  private final ServedModel model;
  private final PromptPlan plan;
  private final TenantRules rules;
  private final RequestSteering steering;
  private final Step step;
  private final StreamingDetokenizer text;
  private final RunPositions positions;
  private final CodeRecorder codes;
  private final PromptScores scores;
  private final int attempt;

  private boolean steered;
  private boolean isDropped;
  private Ending ending = Ending.BY_ENGINE;
  private boolean stopAfterToken;
  private boolean choseNow;
  private boolean everSteered;
  private double logprobs;
  private Optional<Pair> pair = Optional.empty();
  private Optional<TwinRun> twin = Optional.empty();
  private Optional<Completion.Finished> end = Optional.empty();

  /// Where the events of one step are gathered.
  interface Step {
    void add(TickEvent event);

    /// Adds to the text of the request's last token in this step: what an unfinished character left
    /// behind.
    void amendText(RequestOrigin origin, String rest);

    /// The tick must not wait.
    void urgent();

    void finished(RequestRun run);
  }

  /// The run of a request that enters the batch, steered from where its predecessor was.
  static RequestRun of(
      Ticket ticket, TenantRules tenant, ServedModel model, String worker, Clock clock, Step step) {
    PromptPlan plan = ticket.plan();
    var steering =
        new RequestSteering(
            tenant,
            model,
            ticket.item(),
            worker,
            plan.prompt().length,
            plan.committed().size(),
            plan.claim().map(Claim::lapses).orElse(List.of()),
            clock::epochMs);
    plan.claim()
        .ifPresent(
            claim -> {
              steering.expect(Set.of(claim.started().promptRevision()));
              steering.expect(
                  claim.tokens().stream()
                      .map(Completion.Token::revision)
                      .collect(Collectors.toSet()));
            });
    var run = new RequestRun(ticket.origin(), model, plan, tenant, steering, step);
    if (plan.isPair()) {
      run.pair(ticket.item(), worker, clock);
    }
    return run;
  }

  private void pair(WorkItem item, String worker, Clock clock) {
    var compared =
        new Pair(
            origin,
            attempt,
            model.layout(),
            step,
            new StreamingDetokenizer(model.engine().tokenizer()),
            plan.twin());
    compared.resumesAt(plan.committed().size());
    var mandatory =
        new RequestSteering(
            rules,
            model,
            item.asTwin(),
            worker,
            plan.prompt().length,
            plan.twin().tokens().size(),
            plan.claim().map(Claim::lapses).orElse(List.of()),
            clock::epochMs);
    plan.claim()
        .ifPresent(
            claim -> {
              mandatory.expect(Set.of(claim.started().promptRevision()));
              claim.tokens().forEach(token -> mandatory.expect(Set.of(token.revision())));
            });
    pair = Optional.of(compared);
    twin = Optional.of(new TwinRun(plan, rules, mandatory, compared, _ -> finishPair()));
  }

  /// The comparison with its twin, where it has one.
  Optional<Pair> pair() {
    return pair;
  }

  Optional<TwinRun> twin() {
    return twin;
  }

  RequestRun(
      RequestOrigin origin,
      ServedModel model,
      PromptPlan plan,
      TenantRules rules,
      RequestSteering steering,
      Step step) {
    this.origin = origin;
    this.model = model;
    this.plan = plan;
    this.rules = rules;
    this.steering = steering;
    this.step = step;
    this.positions =
        new RunPositions(
            plan, rules, steering, plan.committed().stream().map(Completion.Token::id).toList());
    this.codes = new CodeRecorder(model.layout(), steering, plan.prompt().length);
    this.attempt = plan.claim().map(Claim::attempt).orElse(0) + 1;
    this.text = new StreamingDetokenizer(model.engine().tokenizer());
    this.scores = new PromptScores(model.engine().tokenizer(), plan.prompt()[0]);
    plan.committed()
        .forEach(
            token -> {
              logprobs += token.logprob();
              everSteered |= token.steered();
              text.next(token.id());
            });
  }

  /// Says that this attempt has begun.
  ///
  /// @param fixedRevision steers every prompt position but the last
  void begin(String worker, long fixedRevision) {
    positions.begin(fixedRevision);
    twin.ifPresent(other -> other.begin(fixedRevision));
    step.add(
        new TickEvent.Said(
            origin,
            new Completion.Started(
                origin.request(),
                model.name(),
                model.engine().hash(),
                model.engine().numericClass().toString(),
                worker,
                attempt,
                plan.promptTokens(),
                fixedRevision,
                rules.topicIds(),
                plan.committed().size(),
                plan.turn())));
  }

  /// Takes up that an earlier attempt ended the steered half while its twin ran.
  void resumeEnded(Completion.HalfEnd ended) {
    for (Completion.Token token : plan.committed()) {
      pair.orElseThrow().resumed(token.index(), token.id(), token.logprob());
    }
    end = Optional.of(finished(ended.reason(), Optional.empty(), ended.detail(), ended.tags()));
  }

  /// Whether it chooses no more tokens, though its twin may.
  boolean hasEnded() {
    return end.isPresent();
  }

  RequestOrigin origin() {
    return origin;
  }

  RequestSteering steering() {
    return steering;
  }

  /// Index of the token that the next forward chooses.
  int nextToken() {
    return positions.chosen();
  }

  /// Every token that was read or chosen: what a next turn of its session continues.
  int[] conversation() {
    return positions.all();
  }

  int promptLength() {
    return plan.prompt().length;
  }

  /// Whether an intervention acted on it anywhere.
  boolean wasSteered() {
    return everSteered;
  }

  /// Loss of its tokens under the model as it was steered, in nats.
  double ownLossNats() {
    return -logprobs;
  }

  void endAs(Ending how) {
    ending = how;
  }

  /// Nothing about this request is written any more.
  void drop() {
    isDropped = true;
    twin.ifPresent(TwinRun::drop);
  }

  void stopAfterToken() {
    stopAfterToken = true;
  }

  /// Tokens chosen since the last call, its twin's among them.
  int takeChosen() {
    int chosen = choseNow ? 1 : 0;
    choseNow = false;
    return twin.isPresent() && twin.get().takeChose() ? chosen + 1 : chosen;
  }

  /// Whether somebody asked for its end after the token that was being computed.
  boolean isStopAsked() {
    return stopAfterToken;
  }

  /// Whether a rule ends it.
  boolean isStopDue() {
    return end.isEmpty() && steering.stoppedBy().isPresent();
  }

  /// How it ends where [#isStopAsked] or [#isStopDue].
  Ending stopped() {
    return Ending.stopped(steering.stoppedBy());
  }

  @Override
  public Steering steeringFor(int position, boolean generationPhase) {
    Steering now = positions.steeringFor(position, generationPhase);
    steered = !now.isEmpty();
    everSteered |= steered;
    return now;
  }

  @Override
  public boolean needsHistory() {
    return positions.needsHistory();
  }

  @Override
  public void onForward(int position, CodeView natural, CodeView effective) {
    if (isDropped) {
      return;
    }
    steering.observe(position, natural);
    int tokenIndex = positions.tokenIndex(position);
    boolean counted = tokenIndex < plan.committed().size() && !plan.committed().isEmpty();
    if (!counted) {
      codes.copy(position, positions.token(position), natural, effective);
    }
    if (pair.isPresent() && tokenIndex >= 0) {
      pair.get().forwarded(Completion.Half.STEERED, natural);
      if (counted) {
        Completion.Token token = plan.committed().get(tokenIndex);
        pair.get().resumed(tokenIndex, token.id(), token.logprob());
      }
    }
  }

  @Override
  public void onPromptToken(int position, int token, float logprob, TopLogprobs top) {
    if (!isDropped) {
      scores.add(token, logprob, alternatives(top));
    }
  }

  @Override
  public void onToken(int index, int token, float logprob, TopLogprobs top) {
    if (isDropped) {
      return;
    }
    assert index == positions.chosen()
        : "token index=" + index + ", expected " + positions.chosen();
    reportCodes();
    positions.add(token);
    logprobs += logprob;
    if (index == 0 && plan.generation().scorePrompt()) {
      step.add(new TickEvent.Scored(origin, attempt, scores.take()));
    }
    step.add(
        new TickEvent.Chosen(
            origin,
            attempt,
            new Completion.Token(
                index,
                token,
                text.next(token),
                logprob,
                alternatives(top),
                positions.revision(),
                steered)));
    if (index == plan.committed().size()) {
      step.urgent();
    }
    for (TickEvent effect : steering.takeEffects()) {
      step.add(effect);
      step.urgent();
    }
    choseNow = true;
    pair.ifPresent(both -> both.chose(Completion.Half.STEERED, token, logprob, top));
  }

  private List<Completion.Alternative> alternatives(TopLogprobs top) {
    int count = Math.min(top.count(), plan.topLogprobs());
    if (count == 0) {
      return List.of();
    }
    List<Completion.Alternative> all = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String said = model.engine().tokenizer().decode(new int[] {top.token(i)});
      all.add(new Completion.Alternative(top.token(i), said, top.logprob(i)));
    }
    return all;
  }

  private void reportCodes() {
    codes
        .take()
        .ifPresent(
            frame ->
                step.add(
                    new TickEvent.Fired(
                        origin,
                        attempt,
                        plan.prompt().length,
                        frame,
                        plan.captured(),
                        steering.ruleIds())));
  }

  @Override
  public void onFinished(FinishReason reason) {
    if (isDropped) {
      step.finished(this);
      return;
    }
    finish(reason);
    finishPair();
  }

  /// Says the end when no half runs any more.
  private void finishPair() {
    boolean isAlone = pair.isEmpty() || pair.get().hasEnded(Completion.Half.UNSTEERED);
    if (end.isPresent() && isAlone) {
      step.add(new TickEvent.Said(origin, end.get()));
      step.urgent();
      step.finished(this);
    }
  }

  private void finish(FinishReason reason) {
    reportCodes();
    String rest = text.finish();
    if (!rest.isEmpty() && choseNow) {
      step.amendText(origin, rest);
    }
    steering.shadowReports().forEach(step::add);
    Completion.Finished last =
        finished(
            ending.reason().orElse(spoken(reason)),
            ending.refusal(),
            ending.detail(),
            steering.tags());
    end = Optional.of(last);
    pair.ifPresent(
        both ->
            both.ended(
                new Completion.HalfEnd(
                    Completion.Half.STEERED, last.reason(), last.detail(), last.tags())));
  }

  private Completion.Finished finished(
      Completion.Reason reason,
      Optional<Refusal> refusal,
      Optional<String> detail,
      List<String> tags) {
    return new Completion.Finished(
        origin.request(),
        reason,
        refusal,
        detail,
        plan.prompt().length,
        positions.chosen(),
        tags,
        steering.costs());
  }

  static Completion.Reason spoken(FinishReason reason) {
    return switch (reason) {
      case LENGTH -> Completion.Reason.LENGTH;
      case EOS -> Completion.Reason.EOS;
      case STOP -> Completion.Reason.STOP;
      case CANCELLED -> Completion.Reason.CANCELLED;
    };
  }
}
