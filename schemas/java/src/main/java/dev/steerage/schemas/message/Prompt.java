package dev.steerage.schemas.message;

import dev.steerage.domain.rule.Rule;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// A request for a completion: the value of `steerage.<tenant>.prompts`.
///
/// @param version of this message; 1
/// @param request id chosen by the caller; the record key, or `partition-offset`, where absent
/// @param session turns that share context
/// @param model name of the model
/// @param text what to continue; exactly one of `text` and `tokens`
/// @param tokens token ids to continue, used as they are
/// @param sampling how tokens are chosen
/// @param maxTokens most tokens to generate
/// @param topLogprobs alternatives reported per token, 0 to 50
/// @param stop texts that end the completion
/// @param labels matched by rules
/// @param fence the rule revision to wait for
/// @param deadlineMs epoch milliseconds after which the prompt is `expired`
/// @param pace most tokens per second
/// @param rules rules of this request only
/// @param capture which raw activations to record; absent: the tenant's setting
/// @param promptLogprobs report how probable each token of the prompt was
/// @param standingRules false: the rules of the tenant's log do not act on it, but for mandatory
///   ones
/// @param pair run an unsteered twin beside it, from the same seed, and tell how they diverge
public record Prompt(
    int version,
    Optional<String> request,
    Optional<String> session,
    String model,
    Optional<String> text,
    List<Integer> tokens,
    Sampling sampling,
    OptionalInt maxTokens,
    int topLogprobs,
    List<String> stop,
    Map<String, String> labels,
    Optional<Fence> fence,
    OptionalLong deadlineMs,
    OptionalDouble pace,
    List<Rule> rules,
    Optional<Capture> capture,
    boolean promptLogprobs,
    boolean standingRules,
    boolean pair) {
  /// The version written today.
  public static final int VERSION = 1;

  public Prompt {
    tokens = List.copyOf(tokens);
    stop = List.copyOf(stop);
    labels = Map.copyOf(labels);
    rules = List.copyOf(rules);
  }

  /// A prompt without a twin.
  public Prompt(
      int version,
      Optional<String> request,
      Optional<String> session,
      String model,
      Optional<String> text,
      List<Integer> tokens,
      Sampling sampling,
      OptionalInt maxTokens,
      int topLogprobs,
      List<String> stop,
      Map<String, String> labels,
      Optional<Fence> fence,
      OptionalLong deadlineMs,
      OptionalDouble pace,
      List<Rule> rules,
      Optional<Capture> capture,
      boolean promptLogprobs,
      boolean standingRules) {
    this(
        version,
        request,
        session,
        model,
        text,
        tokens,
        sampling,
        maxTokens,
        topLogprobs,
        stop,
        labels,
        fence,
        deadlineMs,
        pace,
        rules,
        capture,
        promptLogprobs,
        standingRules,
        false);
  }

  /// A prompt without log-probabilities of its own, that standing rules act on.
  public Prompt(
      int version,
      Optional<String> request,
      Optional<String> session,
      String model,
      Optional<String> text,
      List<Integer> tokens,
      Sampling sampling,
      OptionalInt maxTokens,
      int topLogprobs,
      List<String> stop,
      Map<String, String> labels,
      Optional<Fence> fence,
      OptionalLong deadlineMs,
      OptionalDouble pace,
      List<Rule> rules,
      Optional<Capture> capture) {
    this(
        version,
        request,
        session,
        model,
        text,
        tokens,
        sampling,
        maxTokens,
        topLogprobs,
        stop,
        labels,
        fence,
        deadlineMs,
        pace,
        rules,
        capture,
        false,
        true);
  }

  /// The same prompt, recorded as said.
  public Prompt withCapture(Capture other) {
    return new Prompt(
        version,
        request,
        session,
        model,
        text,
        tokens,
        sampling,
        maxTokens,
        topLogprobs,
        stop,
        labels,
        fence,
        deadlineMs,
        pace,
        rules,
        Optional.of(other),
        promptLogprobs,
        standingRules,
        pair);
  }

  /// The same prompt under an id.
  public Prompt withRequest(String id) {
    return new Prompt(
        version,
        Optional.of(id),
        session,
        model,
        text,
        tokens,
        sampling,
        maxTokens,
        topLogprobs,
        stop,
        labels,
        fence,
        deadlineMs,
        pace,
        rules,
        capture,
        promptLogprobs,
        standingRules,
        pair);
  }

  /// The same prompt with a twin, or without.
  public Prompt withPair(boolean paired) {
    return new Prompt(
        version,
        request,
        session,
        model,
        text,
        tokens,
        sampling,
        maxTokens,
        topLogprobs,
        stop,
        labels,
        fence,
        deadlineMs,
        pace,
        rules,
        capture,
        promptLogprobs,
        standingRules,
        paired);
  }

  /// As how many requests it counts.
  public int requests() {
    return pair ? 2 : 1;
  }

  /// The same prompt as its twin runs it: with no rules but mandatory ones.
  public Prompt asTwin() {
    return new Prompt(
        version,
        request,
        session,
        model,
        text,
        tokens,
        sampling,
        maxTokens,
        topLogprobs,
        stop,
        labels,
        fence,
        deadlineMs,
        pace,
        List.of(),
        capture,
        false,
        false,
        false);
  }

  /// How tokens are chosen.
  ///
  /// @param temperature 0: always the most probable
  /// @param topK 0: all
  /// @param topP 1: all
  /// @param repetitionPenalty 1: none
  /// @param seed of the counter-based random numbers
  public record Sampling(
      double temperature, int topK, double topP, double repetitionPenalty, long seed) {
    /// Always the most probable token.
    public static final Sampling GREEDY = new Sampling(0, 0, 1, 1, 0);
  }

  /// Not before the rule log was applied up to `minRevision`; refused `fence-timeout` after
  /// `timeoutMs`.
  public record Fence(long minRevision, long timeoutMs) {}

  /// Which raw activations to record.
  ///
  /// @param sites site names; empty: all
  /// @param off record none
  public record Capture(List<String> sites, boolean off) {
    public Capture {
      sites = List.copyOf(sites);
    }
  }
}
