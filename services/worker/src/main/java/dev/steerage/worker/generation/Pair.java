package dev.steerage.worker.generation;

import dev.steerage.schemas.message.Completion;
import dev.steerage.transformer.generation.CodeView;
import dev.steerage.transformer.generation.TopLogprobs;
import dev.steerage.transformer.tokenizer.StreamingDetokenizer;
import dev.steerage.worker.tick.CodeFrame;
import dev.steerage.worker.tick.RequestOrigin;
import dev.steerage.worker.tick.TickEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalDouble;

/// Two halves of one request, steered and not, compared token by token. A token of the twin is told
/// as soon as both halves have come to its index, in order. Decode thread only.
///
/// The halves go in step: who is ahead is held, so neither has more than one token that the other
/// lacks, and what waits to be compared is bounded.
final class Pair {
  /// Likeliest tokens of which the divergence is made.
  static final int TOP = 8;

  private final RequestOrigin origin;
  private final int attempt;
  private final CodeFrame.Layout layout;
  private final RequestRun.Step step;
  private final StreamingDetokenizer text;
  private final Side steered = new Side();
  private final Side twin = new Side();
  private int next;
  private long comparedCodes;
  private long differingCodes;

  /// One half, as far as it was not compared yet.
  private static final class Side {
    private final Deque<Chosen> chosen = new ArrayDeque<>();
    private int[] codes = {};
    private int tokens;
    private boolean ended;
  }

  /// A token, and the forward that chose it.
  ///
  /// @param codes natural ones; none where the forward is not known any more
  private record Chosen(
      int token, double logprob, int[] codes, Optional<TopDivergence.Likeliest> likeliest) {}

  /// @param text of the twin; it has read what is committed
  /// @param recovered what an earlier attempt told of the twin
  Pair(
      RequestOrigin origin,
      int attempt,
      CodeFrame.Layout layout,
      RequestRun.Step step,
      StreamingDetokenizer text,
      Claim.Twin recovered) {
    this.origin = origin;
    this.attempt = attempt;
    this.layout = layout;
    this.step = step;
    this.text = text;
    recovered.tokens().forEach(text::next);
    next = recovered.tokens().size();
    twin.tokens = next;
    for (Completion.HalfEnd end : recovered.ends()) {
      side(end.half()).ended = true;
    }
  }

  private Side side(Completion.Half half) {
    return switch (half) {
      case STEERED -> steered;
      case UNSTEERED -> twin;
    };
  }

  /// A forward that chooses, or chose, the token of an index.
  void forwarded(Completion.Half half, CodeView natural) {
    int[] codes = new int[layout.slots()];
    natural.copyTo(codes, 0);
    side(half).codes = codes;
  }

  /// A token of the steered half that an earlier attempt committed, in order; after its forward,
  /// where it is forwarded again.
  void resumed(int index, int token, double logprob) {
    if (index >= next) {
      steered.chosen.add(new Chosen(token, logprob, steered.codes, Optional.empty()));
      tell();
    }
  }

  /// How many tokens the steered half has before it runs.
  void resumesAt(int tokens) {
    steered.tokens = tokens;
  }

  void chose(Completion.Half half, int token, double logprob, TopLogprobs top) {
    Side side = side(half);
    side.tokens++;
    side.chosen.add(
        new Chosen(token, logprob, side.codes, Optional.of(TopDivergence.Likeliest.of(top))));
    tell();
  }

  /// A half ended; the other may go on.
  void ended(Completion.HalfEnd end) {
    side(end.half()).ended = true;
    tell();
    step.add(
        new TickEvent.Paired(
            origin, attempt, Optional.empty(), Optional.of(end), differingCodes, comparedCodes));
    step.urgent();
  }

  boolean hasEnded(Completion.Half half) {
    return side(half).ended;
  }

  /// Whether a half has to wait for the other.
  boolean isAhead(Completion.Half half) {
    Side other =
        side(half == Completion.Half.STEERED ? Completion.Half.UNSTEERED : Completion.Half.STEERED);
    return !other.ended && side(half).tokens > other.tokens;
  }

  private void tell() {
    while (!twin.chosen.isEmpty() && (!steered.chosen.isEmpty() || steered.ended)) {
      Chosen unsteered = twin.chosen.remove();
      Optional<Chosen> other = Optional.ofNullable(steered.chosen.poll());
      step.add(
          new TickEvent.Paired(
              origin,
              attempt,
              Optional.of(compare(unsteered, other)),
              Optional.empty(),
              differingCodes,
              comparedCodes));
      next++;
    }
  }

  private Completion.PairedToken compare(Chosen unsteered, Optional<Chosen> other) {
    return new Completion.PairedToken(
        next,
        unsteered.token(),
        text.next(unsteered.token()),
        unsteered.logprob(),
        other.isEmpty() || other.get().token() != unsteered.token(),
        other
            .filter(o -> o.codes().length > 0)
            .map(o -> OptionalDouble.of(differing(o.codes(), unsteered.codes())))
            .orElse(OptionalDouble.empty()),
        other
            .flatMap(Chosen::likeliest)
            .flatMap(from -> unsteered.likeliest().map(to -> TopDivergence.of(from, to)))
            .map(OptionalDouble::of)
            .orElse(OptionalDouble.empty()));
  }

  /// Share of the first codes that are not among the second ones of the same site.
  private double differing(int[] codes, int[] others) {
    int differing = 0;
    for (int site = 0; site < layout.sites(); site++) {
      int from = layout.offset(site);
      int to = from + layout.activeCodes(site);
      for (int i = from; i < to; i++) {
        boolean found = false;
        for (int j = from; j < to && !found; j++) {
          found = codes[i] == others[j];
        }
        if (!found) {
          differing++;
        }
      }
    }
    comparedCodes += layout.slots();
    differingCodes += differing;
    return layout.slots() == 0 ? 0 : (double) differing / layout.slots();
  }
}
