package dev.steerage.worker.generation;

import dev.steerage.domain.monitor.Measure;
import dev.steerage.domain.monitor.Monitor;
import dev.steerage.domain.rule.RuleBook;
import dev.steerage.domain.steering.Share;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.transformer.forward.ForwardPass;
import dev.steerage.transformer.generation.CodeView;
import dev.steerage.transformer.generation.ContinuousBatch;
import dev.steerage.transformer.generation.FinishReason;
import dev.steerage.transformer.generation.GenerationListener;
import dev.steerage.transformer.generation.GenerationRequest;
import dev.steerage.transformer.generation.Sampling;
import dev.steerage.transformer.generation.SteeringSource;
import dev.steerage.transformer.generation.TopLogprobs;
import dev.steerage.worker.WorkerMetrics;
import dev.steerage.worker.rules.RuleRegistry;
import dev.steerage.worker.rules.TenantRules;
import dev.steerage.worker.share.TenantShare;
import dev.steerage.worker.share.TenantShares;
import dev.steerage.worker.tick.RequestOrigin;
import dev.steerage.worker.tick.TickEvent;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What the unsteered model says to what steered requests wrote: of a share of those that ended,
/// the tokens are read once more without rules. Only where a monitor asks for it. Decode thread
/// only.
///
/// A request that nothing steered is not read again: what it lost is known. A sample takes a place
/// of its tenant's share, and all of them together an eighth of the batch at most; what finds no
/// room waits, and what does not even find room to wait is given up and counted. Samples of a
/// worker that ends are lost: they are samples.
final class LossSamples {
  private static final int WAITING_MAX = 256;
  private static final int PART = 8;

  /// What the draw of requests is for: a name that no rule has.
  private static final String DRAW = "loss";

  private final ServedModel model;
  private final ContinuousBatch batch;
  private final RuleRegistry rules;
  private final TenantShares shares;
  private final WorkerMetrics metrics;
  private final RequestRun.Step step;
  private final Deque<Sample> waiting = new ArrayDeque<>();
  private final Map<TenantId, Asked> asked = new HashMap<>();
  private int running;

  LossSamples(
      ServedModel model,
      ContinuousBatch batch,
      RuleRegistry rules,
      TenantShares shares,
      WorkerMetrics metrics,
      RequestRun.Step step) {
    this.model = model;
    this.batch = batch;
    this.rules = rules;
    this.shares = shares;
    this.metrics = metrics;
    this.step = step;
  }

  /// How many percent a tenant's monitors ask for at a revision.
  private record Asked(long revision, double percent) {}

  /// @param tokens its prompt and what it wrote
  private record Sample(RequestOrigin origin, int[] tokens, int promptLength) {}

  private double percent(TenantId tenant) {
    RuleBook book = rules.ready(tenant).map(TenantRules::newest).orElse(RuleBook.empty());
    Asked known = asked.get(tenant);
    if (known == null || known.revision() != book.revision()) {
      double most = 0;
      for (Monitor monitor : book.monitors(model.name()).values()) {
        if (monitor.measure() instanceof Measure.Loss loss) {
          most = Math.max(most, loss.percent());
        }
      }
      known = new Asked(book.revision(), most);
      asked.put(tenant, known);
    }
    return known.percent();
  }

  /// A request ended.
  void ended(RequestRun run) {
    double percent = percent(run.origin().tenant());
    if (percent == 0
        || run.nextToken() == 0
        || !Share.isDrawn(DRAW, run.origin().request(), percent)) {
      return;
    }
    if (!run.wasSteered()) {
      step.add(new TickEvent.Lost(run.origin(), run.ownLossNats(), run.nextToken()));
    } else if (waiting.size() == WAITING_MAX) {
      metrics.lossDropped().inc();
    } else {
      // One more token is chosen behind them, which needs a position.
      int[] all = run.conversation();
      int page = ForwardPass.pageSize();
      int room = batch.limits().kvPositions() / page * page;
      int most = Math.min(model.shape().maxPositions(), room) - 1;
      int[] tokens = all.length > most ? Arrays.copyOf(all, most) : all;
      if (tokens.length > run.promptLength()) {
        waiting.add(new Sample(run.origin(), tokens, run.promptLength()));
      }
    }
  }

  /// Takes what finds room into the batch.
  void enter() {
    int places = Math.max(1, batch.limits().sequences() / PART);
    while (!waiting.isEmpty() && running < places) {
      Sample sample = waiting.peek();
      TenantShare share = shares.of(sample.origin().tenant());
      int positions = sample.tokens().length + 1;
      if (!share.hasRoom(1, positions) || !offer(sample, share, positions)) {
        return;
      }
      waiting.remove();
      share.enter(1, positions);
      running++;
    }
  }

  private boolean offer(Sample sample, TenantShare share, int positions) {
    var request =
        new GenerationRequest(
            "loss:" + sample.origin().key(),
            sample.tokens(),
            new int[0],
            Sampling.temperature(0, 0),
            1,
            0,
            List.of(),
            true,
            true,
            "");
    return batch.offer(request, SteeringSource.none(), new Scoring(sample, share, positions));
  }

  /// A sample in the batch.
  private final class Scoring implements GenerationListener {
    private final Sample sample;
    private final TenantShare share;
    private final int positions;
    private double lossNats;
    private int tokens;

    Scoring(Sample sample, TenantShare share, int positions) {
      this.sample = sample;
      this.share = share;
      this.positions = positions;
    }

    @Override
    public void onForward(int position, CodeView natural, CodeView effective) {
      metrics.lossPositions().inc();
    }

    @Override
    public void onPromptToken(int position, int token, float logprob, TopLogprobs top) {
      if (position >= sample.promptLength()) {
        lossNats -= logprob;
        tokens++;
      }
    }

    @Override
    public void onToken(int index, int token, float logprob, TopLogprobs top) {
      // Nobody asked for it.
    }

    @Override
    public void onFinished(FinishReason reason) {
      running--;
      share.leave(1, positions);
      step.add(new TickEvent.Lost(sample.origin(), lossNats, tokens));
    }
  }
}
