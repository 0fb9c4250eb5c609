package dev.steerage.transformer.generation;

import dev.steerage.transformer.CodebookTransformer;
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

  boolean held;
  boolean cancelled;

  /// What the committed tokens already decided, or null.
  FinishReason finishedBefore;

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

  private void append(int token) {
    tokens[known++] = token;
    seen[token >> 6] |= 1L << token;
  }
}
