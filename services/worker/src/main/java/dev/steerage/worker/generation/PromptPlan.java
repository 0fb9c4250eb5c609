package dev.steerage.worker.generation;

import dev.steerage.domain.codebook.Site;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.Prompt;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.transformer.generation.GenerationRequest;
import dev.steerage.transformer.generation.Sampling;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// A request in the engine's terms: token ids, how to choose, what to capture, and what an earlier
/// attempt committed.
///
/// @param prompt token ids, begin-of-text included
/// @param captured site indices whose raw ids are recorded
record PromptPlan(
    int[] prompt, GenerationRequest generation, int[] captured, Optional<Claim> claim) {
  private static final int USUAL_TOKENS = 256;

  /// @param captureSites models of up to so many sites are captured unless the prompt says
  /// @throws RefusedException if the prompt can never run on this model
  static PromptPlan of(WorkItem item, Optional<Claim> claim, ServedModel model, int captureSites) {
    Prompt prompt = item.work().prompt();
    int[] tokens =
        claim.map(c -> ints(c.started().promptTokens())).orElseGet(() -> encode(prompt, model));
    int[] committed =
        claim
            .map(c -> c.tokens().stream().mapToInt(Completion.Token::id).toArray())
            .orElse(new int[0]);
    int room = model.shape().maxPositions() - tokens.length;
    int maxTokens = prompt.maxTokens().orElse(Math.max(1, Math.min(USUAL_TOKENS, room)));
    try {
      var generation =
          new GenerationRequest(
              item.origin().key(),
              tokens,
              committed,
              sampling(prompt.sampling()),
              maxTokens,
              prompt.topLogprobs(),
              prompt.stop(),
              false);
      return new PromptPlan(tokens, generation, captured(prompt, model, captureSites), claim);
    } catch (IllegalArgumentException e) {
      throw new RefusedException(Refusal.OVER_LIMIT, e.getMessage());
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

  private static int[] encode(Prompt prompt, ServedModel model) {
    if (prompt.text().isEmpty()) {
      int[] tokens = ints(prompt.tokens());
      if (tokens.length == 0) {
        throw new RefusedException(Refusal.MALFORMED, "neither text nor tokens");
      }
      return tokens;
    }
    try {
      int[] tokens = model.engine().tokenizer().encodePrompt(prompt.text().get());
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
