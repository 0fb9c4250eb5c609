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
/// @param deadlineMs epoch milliseconds after which the prompt is `expired`; before that, if it has
///   waited and could not end in time any more
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

  /// What a prompt without `maxTokens` may write.
  public static final int USUAL_TOKENS = 256;

  public Prompt {
    tokens = List.copyOf(tokens);
    stop = List.copyOf(stop);
    labels = Map.copyOf(labels);
    rules = List.copyOf(rules);
  }

  /// A prompt for a model that says nothing else yet: greedy, no rules of its own, under the
  /// standing ones.
  public static Draft of(String model) {
    return new Draft(model);
  }

  /// The same, to be changed.
  public Draft draft() {
    return new Draft(this);
  }

  /// The same prompt, recorded as said.
  public Prompt withCapture(Capture other) {
    return draft().capture(other).prompt();
  }

  /// The same prompt under an id.
  public Prompt withRequest(String id) {
    return draft().request(id).prompt();
  }

  /// The same prompt with a twin, or without.
  public Prompt withPair(boolean paired) {
    return draft().pair(paired).prompt();
  }

  /// Most tokens that it may write, where the model has room for so many.
  public int tokensMax() {
    return maxTokens.orElse(USUAL_TOKENS);
  }

  /// As how many requests it counts.
  public int requests() {
    return pair ? 2 : 1;
  }

  /// The same prompt as its twin runs it: with no rules but mandatory ones.
  public Prompt asTwin() {
    return draft().rules(List.of()).promptLogprobs(false).standingRules(false).pair(false).prompt();
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

  /// One that can be changed: callers name the parts that they set only.
  public static final class Draft {
    private final int version;
    private Optional<String> request = Optional.empty();
    private Optional<String> session = Optional.empty();
    private final String model;
    private Optional<String> text = Optional.empty();
    private List<Integer> tokens = List.of();
    private Sampling sampling = Sampling.GREEDY;
    private OptionalInt maxTokens = OptionalInt.empty();
    private int topLogprobs;
    private List<String> stop = List.of();
    private Map<String, String> labels = Map.of();
    private Optional<Fence> fence = Optional.empty();
    private OptionalLong deadlineMs = OptionalLong.empty();
    private OptionalDouble pace = OptionalDouble.empty();
    private List<Rule> rules = List.of();
    private Optional<Capture> capture = Optional.empty();
    private boolean promptLogprobs;
    private boolean standingRules = true;
    private boolean pair;

    private Draft(String model) {
      this.version = VERSION;
      this.model = model;
    }

    private Draft(Prompt from) {
      version = from.version;
      request = from.request;
      session = from.session;
      model = from.model;
      text = from.text;
      tokens = from.tokens;
      sampling = from.sampling;
      maxTokens = from.maxTokens;
      topLogprobs = from.topLogprobs;
      stop = from.stop;
      labels = from.labels;
      fence = from.fence;
      deadlineMs = from.deadlineMs;
      pace = from.pace;
      rules = from.rules;
      capture = from.capture;
      promptLogprobs = from.promptLogprobs;
      standingRules = from.standingRules;
      pair = from.pair;
    }

    public Draft request(String value) {
      request = Optional.of(value);
      return this;
    }

    public Draft session(String value) {
      session = Optional.of(value);
      return this;
    }

    public Draft text(String value) {
      text = Optional.of(value);
      return this;
    }

    public Draft tokens(List<Integer> value) {
      tokens = value;
      return this;
    }

    public Draft sampling(Sampling value) {
      sampling = value;
      return this;
    }

    public Draft maxTokens(int value) {
      maxTokens = OptionalInt.of(value);
      return this;
    }

    public Draft topLogprobs(int value) {
      topLogprobs = value;
      return this;
    }

    public Draft stop(List<String> value) {
      stop = value;
      return this;
    }

    public Draft labels(Map<String, String> value) {
      labels = value;
      return this;
    }

    public Draft fence(Fence value) {
      fence = Optional.of(value);
      return this;
    }

    public Draft deadlineMs(long value) {
      deadlineMs = OptionalLong.of(value);
      return this;
    }

    public Draft pace(double value) {
      pace = OptionalDouble.of(value);
      return this;
    }

    public Draft rules(List<Rule> value) {
      rules = value;
      return this;
    }

    public Draft capture(Capture value) {
      capture = Optional.of(value);
      return this;
    }

    public Draft promptLogprobs(boolean value) {
      promptLogprobs = value;
      return this;
    }

    public Draft standingRules(boolean value) {
      standingRules = value;
      return this;
    }

    public Draft pair(boolean value) {
      pair = value;
      return this;
    }

    public Prompt prompt() {
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
          pair);
    }
  }
}
