package dev.steerage.worker.generation;

import dev.steerage.domain.codebook.Site;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.Prompt;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.transformer.generation.GenerationRequest;
import dev.steerage.transformer.generation.Sampling;
import dev.steerage.worker.session.Sessions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// A request in the engine's terms: token ids, how to choose, what to capture, and what an earlier
/// attempt committed.
///
/// @param prompt token ids, begin-of-text included
/// @param topLogprobs likeliest tokens to report; the engine may be asked for more
/// @param captured site indices whose raw ids are recorded
/// @param turn which turn of which session it is
/// @param isPair whether a twin runs beside it
record PromptPlan(
    int[] prompt,
    GenerationRequest generation,
    int topLogprobs,
    int[] captured,
    Optional<Claim> claim,
    Optional<Completion.SessionTurn> turn,
    boolean isPair) {
  /// They travel in one record.
  private static final int PROMPT_SCORES_MAX = 4_096;

  /// @param turn what it continues, where it is the next turn of a session
  /// @param captureSites models of up to so many sites are captured unless the prompt says
  /// @throws RefusedException if the prompt can never run on this model
  static PromptPlan of(
      WorkItem item,
      Optional<Claim> claim,
      Optional<Sessions.Opening.Turn> turn,
      ServedModel model,
      int captureSites) {
    Prompt prompt = item.work().prompt();
    int[] context = turn.map(Sessions.Opening.Turn::context).orElse(new int[0]);
    int[] tokens =
        claim
            .map(c -> ints(c.started().promptTokens()))
            .orElseGet(() -> concat(context, encode(prompt, context.length == 0, model)));
    int[] committed =
        claim
            .map(c -> c.tokens().stream().mapToInt(Completion.Token::id).toArray())
            .orElse(new int[0]);
    int room = model.shape().maxPositions() - tokens.length;
    int maxTokens = prompt.maxTokens().orElse(Math.max(1, Math.min(Prompt.USUAL_TOKENS, room)));
    if (context.length > 0 && maxTokens > room) {
      throw new RefusedException(
          Refusal.OVER_LIMIT,
          ("session: context=" + context.length)
              + (" + prompt=" + (tokens.length - context.length))
              + (" + maxTokens=" + maxTokens)
              + (", limit=" + model.shape().maxPositions() + " positions of the model"));
    }
    if (prompt.promptLogprobs()) {
      requireScores(tokens.length, prompt.topLogprobs());
    }
    try {
      var generation =
          new GenerationRequest(
              item.origin().key(),
              tokens,
              committed,
              sampling(prompt.sampling()),
              maxTokens,
              prompt.pair() ? Math.max(prompt.topLogprobs(), Pair.TOP) : prompt.topLogprobs(),
              prompt.stop(),
              false,
              prompt.promptLogprobs(),
              item.origin().tenant().name());
      Optional<Completion.SessionTurn> said =
          claim.isPresent()
              ? claim.get().started().session()
              : turn.map(Sessions.Opening.Turn::said);
      return new PromptPlan(
          tokens,
          generation,
          prompt.topLogprobs(),
          captured(prompt, model, captureSites),
          claim,
          said,
          prompt.pair());
    } catch (IllegalArgumentException e) {
      throw new RefusedException(Refusal.OVER_LIMIT, e.getMessage());
    }
  }

  private static void requireScores(int tokens, int top) {
    if (tokens * (1 + top) > PROMPT_SCORES_MAX) {
      throw new RefusedException(
          Refusal.OVER_LIMIT,
          ("promptLogprobs: tokens x (1 + topLogprobs)=" + tokens * (1 + top))
              + (", limit=" + PROMPT_SCORES_MAX));
    }
  }

  /// Tokens that an earlier attempt committed.
  List<Completion.Token> committed() {
    return claim.map(Claim::tokens).orElse(List.of());
  }

  List<Integer> promptTokens() {
    return Arrays.stream(prompt).boxed().toList();
  }

  /// The newest revision that the log recorded for it; -1: none.
  long newestRecordedRevision() {
    return claim
        .map(
            c ->
                c.tokens().stream()
                    .mapToLong(Completion.Token::revision)
                    .reduce(c.started().promptRevision(), Math::max))
        .orElse(-1L);
  }

  /// Its prompt and the tokens that an earlier attempt committed.
  int[] conversation() {
    return concat(prompt, generation.committed());
  }

  /// Positions that it can come to.
  int positionsMax() {
    return prompt.length + generation.maxTokens();
  }

  /// Sequences that it takes of the batch.
  int places() {
    return isPair ? 2 : 1;
  }

  /// Positions that all its sequences can come to.
  int positionsOfAll() {
    return places() * positionsMax();
  }

  /// What an earlier attempt committed of the other half.
  Claim.Twin twin() {
    return claim.map(Claim::twin).orElse(Claim.Twin.NONE);
  }

  private static int[] concat(int[] context, int[] more) {
    int[] all = Arrays.copyOf(context, context.length + more.length);
    System.arraycopy(more, 0, all, context.length, more.length);
    return all;
  }

  /// @param begins whether it is the beginning of a text, and no later turn
  private static int[] encode(Prompt prompt, boolean begins, ServedModel model) {
    if (prompt.text().isEmpty()) {
      int[] tokens = ints(prompt.tokens());
      if (tokens.length == 0) {
        throw new RefusedException(Refusal.MALFORMED, "neither text nor tokens");
      }
      return tokens;
    }
    try {
      var tokenizer = model.engine().tokenizer();
      String text = prompt.text().get();
      int[] tokens = begins ? tokenizer.encodePrompt(text) : tokenizer.encode(text);
      if (tokens.length == 0) {
        throw new RefusedException(Refusal.MALFORMED, "the text has no token");
      }
      return tokens;
    } catch (IllegalArgumentException e) {
      // Its message may quote the text, which is nobody else's business.
      throw new RefusedException(Refusal.BAD_TOKEN, "the vocabulary cannot say the text");
    }
  }

  private static Sampling sampling(Prompt.Sampling asked) {
    return new Sampling(
        (float) asked.temperature(),
        asked.topK(),
        (float) asked.topP(),
        (float) asked.repetitionPenalty(),
        asked.seed());
  }

  private static int[] captured(Prompt prompt, ServedModel model, int captureSites) {
    int sites = model.shape().sites().size();
    if (prompt.capture().isEmpty()) {
      return sites <= captureSites ? IntStream.range(0, sites).toArray() : new int[0];
    }
    Prompt.Capture capture = prompt.capture().get();
    if (capture.off()) {
      return new int[0];
    }
    if (capture.sites().isEmpty()) {
      return IntStream.range(0, sites).toArray();
    }
    return capture.sites().stream()
        .mapToInt(name -> siteIndex(name, model))
        .sorted()
        .distinct()
        .toArray();
  }

  private static int siteIndex(String name, ServedModel model) {
    try {
      return model
          .shape()
          .indexOf(Site.parse(name))
          .orElseThrow(
              () -> new RefusedException(Refusal.UNKNOWN_SITE, "capture: no site " + name));
    } catch (IllegalArgumentException e) {
      throw new RefusedException(Refusal.UNKNOWN_SITE, "capture: " + e.getMessage());
    }
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }
}
