package dev.steerage.transformer.generation;

import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.forward.ForwardPass;
import dev.steerage.transformer.intervention.Steering;
import dev.steerage.transformer.tokenizer.Tokenizer;
import java.util.OptionalInt;

/// One running request: what it holds and how far it is.
final class Sequence {
  final GenerationRequest request;
  final SteeringSource steering;
  final GenerationListener listener;
  final int slot;
  final int pages;

  /// Prompt, committed and generated tokens.
  final int[] tokens;

  /// Tokens that are known.
  int known;

  /// Positions that have been through the model: their keys and values are in the cache.
  int forwarded;

  /// Pages of keys and values that it has; the others are reserved.
  int pagesHeld;

  /// Whether every full page of it is in the prefix cache, and the last of them.
  boolean chained;

  int chain = PrefixCache.NONE;

  /// The cache has no page that continues it.
  boolean missed;

  /// Interventions that were asked for ahead, for the positions from `forwarded` to `askedTo`.
  final Steering[] asked = new Steering[ForwardPass.pageSize()];

  private int askedTo;

  boolean held;
  boolean cancelled;

  /// What the committed tokens already decided, or null.
  FinishReason finishedBefore;

  /// The tokens of the prompt are reported with their probabilities.
  final boolean scores;

  /// Its tokens are the likeliest ones, and nothing else is asked of the logits.
  final boolean takesBest;

  /// Rows of this sequence in the forward under way.
  int firstRow;

  int rows;

  /// The interventions that were last found to fit the model.
  Steering checked = Steering.NONE;

  final long[] seen;
  private final StopMatcher stop;
  private final Tokenizer tokenizer;
  private final int eos;

  Sequence(
      GenerationRequest request,
      SteeringSource steering,
      GenerationListener listener,
      int slot,
      int pages,
      boolean cached,
      CodebookTransformer model) {
    this.request = request;
    this.steering = steering;
    this.listener = listener;
    this.slot = slot;
    this.pages = pages;
    tokenizer = model.tokenizer();
    OptionalInt end = model.config().eos();
    eos = request.ignoreEos() ? -1 : end.orElse(-1);
    tokens = new int[request.prompt().length + request.maxTokens()];
    seen = new long[(model.config().vocabulary() + 63) / 64];
    stop = new StopMatcher(request.stop());
    takesBest = request.sampling().isBest() && request.topLogprobs() == 0;
    scores = request.scorePrompt() && request.committed().length == 0;
    chained = cached && !request.salt().isEmpty() && !scores;
    for (int token : request.prompt()) {
      append(token);
    }
    for (int token : request.committed()) {
      finishedBefore = accept(token);
    }
  }

  /// Takes a generated token.
  ///
  /// @return why it is the last one, or null
  FinishReason accept(int token) {
    append(token);
    boolean stopped = !tokenizer.isSpecial(token) && stop.accept(tokenizer.bytes(token));
    if (token == eos) {
      return FinishReason.EOS;
    }
    if (stopped) {
      return FinishReason.STOP;
    }
    return generated() == request.maxTokens() ? FinishReason.LENGTH : null;
  }

  /// Asks for the interventions of a page's worth of positions before any of them is forwarded.
  void askAhead(int positions) {
    for (int i = 0; i < positions; i++) {
      asked[i] = steering.steeringFor(forwarded + i, isGeneration(forwarded + i));
    }
    askedTo = forwarded + positions;
  }

  /// The interventions of a position; each is asked for once, in order.
  Steering steeringOf(int position) {
    if (position < askedTo) {
      return asked[position % asked.length];
    }
    return steering.steeringFor(position, isGeneration(position));
  }

  int generated() {
    return known - request.prompt().length;
  }

  /// Positions that are known and not yet forwarded.
  int pending() {
    return known - forwarded;
  }

  /// The last prompt position chooses the first token, so it belongs to generation.
  boolean isGeneration(int position) {
    return position >= request.prompt().length - 1;
  }

  /// Whether the position says how probable the next token of the prompt is.
  boolean scoresAt(int position) {
    return scores && position < request.prompt().length - 1;
  }

  private void append(int token) {
    tokens[known++] = token;
    seen[token >> 6] |= 1L << token;
  }
}
