package dev.steerage.worker.generation;

import dev.steerage.schemas.message.Command;
import dev.steerage.schemas.message.Completion;
import dev.steerage.transformer.generation.BatchLimits;
import dev.steerage.transformer.generation.CodeView;
import dev.steerage.transformer.generation.ContinuousBatch;
import dev.steerage.transformer.generation.FinishReason;
import dev.steerage.transformer.generation.GenerationListener;
import dev.steerage.transformer.generation.SteeringSource;
import dev.steerage.transformer.generation.TopLogprobs;
import dev.steerage.transformer.intervention.Steering;
import dev.steerage.worker.rules.RequestSteering;
import dev.steerage.worker.rules.TenantRules;
import dev.steerage.worker.tick.CodeFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Runs a recorded completion again, from its prompt, at the recorded revision of each position,
/// and compares. Decisions that depended on a clock are taken from the record: it ends where the
/// record ends.
public final class Rerun {
  private static final int ROWS = 64;

  private final ServedModel model;
  private final Recording recording;
  private final TenantRules rules;
  private final OptionalLong revision;

  /// @param revision steers every position instead of the recorded ones
  public Rerun(ServedModel model, Recording recording, TenantRules rules, OptionalLong revision) {
    this.model = model;
    this.recording = recording;
    this.rules = rules;
    this.revision = revision;
  }

  /// What came of it.
  ///
  /// @param tokens those of the second run
  /// @param differingToken index of the first token that is not the recorded one
  /// @param positions those whose codes were recorded and compared
  /// @param differingPosition the first with another code
  public record Outcome(
      List<Integer> tokens,
      Optional<Integer> differingToken,
      int positions,
      Optional<Integer> differingPosition) {
    public boolean isIdentical() {
      return differingToken.isEmpty() && differingPosition.isEmpty();
    }
  }

  public Outcome run() {
    // The prompt's tokens are the recorded ones; nothing is taken over from the completion.
    var prompt =
        new Claim(recording.started(), 0, List.of(), List.of(), List.of(), Claim.Twin.NONE);
    PromptPlan plan =
        PromptPlan.of(
            recording.item(), Optional.of(prompt), Optional.empty(), model, Integer.MAX_VALUE);
    var steering =
        new RequestSteering(
            rules,
            model,
            recording.item(),
            "replay",
            plan.prompt().length,
            0,
            recording.lapses(),
            // What the record does not tell did not happen.
            () -> Long.MIN_VALUE);
    steering.expect(revisions());
    for (Claim.Settled order : recording.orders()) {
      if (order.command().kind() == Command.Kind.STEER && order.tokenIndex().isPresent()) {
        steering.resumeSteer(
            order.id(),
            order.partition(),
            order.offset(),
            order.command().actions(),
            order.tokenIndex().getAsInt());
      }
    }
    int positions = model.shape().maxPositions();
    var limits = new BatchLimits(1, ROWS, Math.max(positions, ROWS), ROWS);
    try (var batch = new ContinuousBatch(model.engine(), limits)) {
      var second = new Second(plan, steering, batch);
      if (!recording.tokens().isEmpty()) {
        batch.offer(plan.generation(), second, second);
        while (batch.active() > 0) {
          batch.step();
        }
      }
      return second.outcome();
    }
  }

  private List<Long> revisions() {
    List<Long> all = new ArrayList<>();
    all.add(revision.orElse(recording.started().promptRevision()));
    recording.tokens().forEach(token -> all.add(revision.orElse(token.revision())));
    return all.stream().distinct().toList();
  }

  /// The second run.
  private final class Second implements SteeringSource, GenerationListener {
    private final PromptPlan plan;
    private final RequestSteering steering;
    private final ContinuousBatch batch;
    private final List<Integer> tokens = new ArrayList<>();
    private Optional<Integer> differingToken = Optional.empty();
    private Optional<Integer> differingPosition = Optional.empty();
    private int compared;

    Second(PromptPlan plan, RequestSteering steering, ContinuousBatch batch) {
      this.plan = plan;
      this.steering = steering;
      this.batch = batch;
    }

    @Override
    public Steering steeringFor(int position, boolean generationPhase) {
      int tokenIndex = position - (plan.prompt().length - 1);
      long recorded =
          generationPhase
              ? recording.tokens().get(tokenIndex).revision()
              : recording.started().promptRevision();
      int token =
          position < plan.prompt().length
              ? plan.prompt()[position]
              : tokens.get(position - plan.prompt().length);
      return steering.at(position, tokenIndex, generationPhase, token, revision.orElse(recorded));
    }

    @Override
    public boolean needsHistory() {
      return steering.needsHistory(revision.orElse(recording.started().promptRevision()));
    }

    @Override
    public void onForward(int position, CodeView natural, CodeView effective) {
      steering.observe(position, natural);
      int[] recorded = recording.codes().get(position);
      if (recorded != null) {
        compared++;
        if (differingPosition.isEmpty() && !areEqual(recorded, natural)) {
          differingPosition = Optional.of(position);
        }
      }
    }

    private boolean areEqual(int[] recorded, CodeView natural) {
      CodeFrame.Layout layout = model.layout();
      int at = 0;
      for (int site = 0; site < layout.sites(); site++) {
        for (int slot = 0; slot < layout.activeCodes(site); slot++) {
          int code = recorded[at++];
          if (code >= 0 && code != natural.code(site, slot)) {
            return false;
          }
        }
      }
      return true;
    }

    @Override
    public void onToken(int index, int token, float logprob, TopLogprobs top) {
      tokens.add(token);
      Completion.Token recorded = recording.tokens().get(index);
      if (differingToken.isEmpty() && recorded.id() != token) {
        differingToken = Optional.of(index);
      }
      if (index + 1 == recording.tokens().size()) {
        batch.cancel(plan.generation().id());
      }
    }

    @Override
    public void onFinished(FinishReason reason) {
      if (tokens.size() < recording.tokens().size() && differingToken.isEmpty()) {
        differingToken = Optional.of(tokens.size());
      }
    }

    Outcome outcome() {
      return new Outcome(List.copyOf(tokens), differingToken, compared, differingPosition);
    }
  }
}
