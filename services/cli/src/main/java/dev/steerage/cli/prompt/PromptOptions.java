package dev.steerage.cli.prompt;

import dev.steerage.schemas.message.Prompt;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import picocli.CommandLine.Option;

/// The options of a prompt, apart from what it continues.
public final class PromptOptions {
  private static final long DEFAULT_FENCE_TIMEOUT_MS = 10_000;

  @Option(names = "--request", paramLabel = "ID", description = "Request id. Default: a new one.")
  private String request;

  @Option(
      names = "--session",
      paramLabel = "ID",
      description = "Session whose context this turn shares.")
  private String session;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "Most tokens to generate. Default: the worker's own.")
  private Integer maxTokens;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "0",
      description = "0 takes the most probable token. Default: ${DEFAULT-VALUE}.")
  private double temperature;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      defaultValue = "0",
      description = "Only the K most probable tokens; 0: all. Default: ${DEFAULT-VALUE}.")
  private int topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      defaultValue = "1",
      description = "Only the most probable tokens of mass P. Default: ${DEFAULT-VALUE}.")
  private double topP;

  @Option(
      names = "--repetition-penalty",
      paramLabel = "R",
      defaultValue = "1",
      description = "Default: ${DEFAULT-VALUE}, no penalty.")
  private double repetitionPenalty;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Of the random numbers. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(names = "--pace", paramLabel = "N", description = "Most tokens per second.")
  private Double pace;

  @Option(
      names = "--label",
      paramLabel = "KEY=VALUE",
      description = "A label that rules can match; may be repeated.")
  private Map<String, String> labels = Map.of();

  @Option(names = "--stop", paramLabel = "TEXT", description = "Ends the text; may be repeated.")
  private List<String> stop = List.of();

  @Option(
      names = "--fence",
      paramLabel = "REVISION",
      description = "Not before the rules are applied up to this revision.")
  private Long fence;

  @Option(
      names = "--fence-timeout-ms",
      paramLabel = "MS",
      defaultValue = "" + DEFAULT_FENCE_TIMEOUT_MS,
      description = "How long the fence may take. Default: ${DEFAULT-VALUE}.")
  private long fenceTimeoutMs;

  @Option(names = "--deadline-ms", paramLabel = "MS", description = "Expires this long after now.")
  private Long deadlineMs;

  @Option(
      names = "--top-logprobs",
      paramLabel = "N",
      defaultValue = "0",
      description = "Alternatives reported per token. Default: ${DEFAULT-VALUE}.")
  private int topLogprobs;

  @Option(
      names = "--unsteered",
      description = "Without the tenant's standing rules, but for those that are mandatory.")
  private boolean unsteered;

  @Option(
      names = "--pair",
      description =
          "An unsteered twin beside it, from the same seed and in the same batch; tells how the two"
              + " differ.")
  private boolean pair;

  /// The prompt that continues `text`, or `tokens` where there is no text.
  public Prompt prompt(
      String model, Optional<String> text, List<Integer> tokens, String newRequest, Clock clock) {
    return new Prompt(
        Prompt.VERSION,
        Optional.of(request == null ? newRequest : request),
        Optional.ofNullable(session),
        model,
        text,
        tokens,
        new Prompt.Sampling(temperature, topK, topP, repetitionPenalty, seed),
        maxTokens == null ? OptionalInt.empty() : OptionalInt.of(maxTokens),
        topLogprobs,
        stop,
        labels,
        fence == null ? Optional.empty() : Optional.of(new Prompt.Fence(fence, fenceTimeoutMs)),
        deadlineMs == null ? OptionalLong.empty() : OptionalLong.of(clock.millis() + deadlineMs),
        pace == null ? OptionalDouble.empty() : OptionalDouble.of(pace),
        List.of(),
        Optional.empty(),
        false,
        !unsteered,
        pair);
  }
}
