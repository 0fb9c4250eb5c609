package dev.steerage.worker.generation;

import dev.steerage.schemas.message.Completion;
import dev.steerage.transformer.generation.CodeView;
import dev.steerage.transformer.generation.FinishReason;
import dev.steerage.transformer.generation.GenerationListener;
import dev.steerage.transformer.generation.GenerationRequest;
import dev.steerage.transformer.generation.SteeringSource;
import dev.steerage.transformer.generation.TopLogprobs;
import dev.steerage.transformer.intervention.Steering;
import dev.steerage.worker.rules.RequestSteering;
import dev.steerage.worker.rules.TenantRules;
import java.util.List;
import java.util.function.Consumer;

/// The unsteered half of a paired request: the same tokens, the same seed, no rule but mandatory
/// ones. What these do to it is not told: it is told of the steered half. Its codes are not
/// counted: a request counts once. Decode thread only.
final class TwinRun implements SteeringSource, GenerationListener {
  private final PromptPlan plan;
  private final RequestSteering steering;
  private final Pair pair;
  private final Consumer<TwinRun> over;
  private final RunPositions positions;
  private boolean isDropped;
  private boolean choseNow;

  /// @param over hears that it ended
  TwinRun(
      PromptPlan plan,
      TenantRules rules,
      RequestSteering steering,
      Pair pair,
      Consumer<TwinRun> over) {
    this.plan = plan;
    this.steering = steering;
    this.pair = pair;
    this.over = over;
    this.positions = new RunPositions(plan, rules, steering, plan.twin().tokens());
  }

  /// No tenant's name has a colon, so no request has this one.
  static String key(String request) {
    return "twin:" + request;
  }

  /// What the engine runs.
  GenerationRequest request() {
    GenerationRequest whole = plan.generation();
    return new GenerationRequest(
        key(whole.id()),
        whole.prompt(),
        positions.completion(),
        whole.sampling(),
        whole.maxTokens(),
        whole.topLogprobs(),
        whole.stop(),
        whole.ignoreEos(),
        whole.salt());
  }

  void begin(long fixedRevision) {
    positions.begin(fixedRevision);
  }

  void drop() {
    isDropped = true;
  }

  boolean takeChose() {
    boolean chose = choseNow;
    choseNow = false;
    return chose;
  }

  /// Whether a mandatory rule ends it.
  boolean isStopDue() {
    return steering.stoppedBy().isPresent() && !pair.hasEnded(Completion.Half.UNSTEERED);
  }

  @Override
  public Steering steeringFor(int position, boolean generationPhase) {
    return positions.steeringFor(position, generationPhase);
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
    if (positions.tokenIndex(position) >= 0) {
      pair.forwarded(Completion.Half.UNSTEERED, natural);
    }
  }

  @Override
  public void onToken(int index, int token, float logprob, TopLogprobs top) {
    if (isDropped) {
      return;
    }
    assert index == positions.chosen()
        : "token index=" + index + ", expected " + positions.chosen();
    positions.add(token);
    pair.chose(Completion.Half.UNSTEERED, token, logprob, top);
    steering.takeEffects();
    choseNow = true;
  }

  @Override
  public void onFinished(FinishReason reason) {
    if (!isDropped) {
      boolean stopped = steering.stoppedBy().isPresent();
      pair.ended(
          new Completion.HalfEnd(
              Completion.Half.UNSTEERED,
              stopped ? Completion.Reason.STOP : RequestRun.spoken(reason),
              steering.stoppedBy().map(rule -> "stopped by rule " + rule),
              List.of()));
      over.accept(this);
    }
  }
}
