package dev.steerage.gateway.openai;

import dev.steerage.domain.codebook.Site;
import dev.steerage.gateway.http.HttpError;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.message.Prompt;
import dev.steerage.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What both OpenAI routes ask for, read and checked.
///
/// @param prompts one for each prompt, without id and seed
/// @param n choices of each
/// @param maxTokens 0: nothing is generated
/// @param seed of choice 0
/// @param topLogprobs empty: no log-probabilities are reported
record GenerationRequest(
    String model,
    List<Prompt> prompts,
    int n,
    int maxTokens,
    long seed,
    boolean stream,
    boolean includeUsage,
    boolean echo,
    OptionalInt topLogprobs,
    Steering steering) {
  /// Choices of one call, over all its prompts.
  static final int MAX_CHOICES = 16;

  private static final int MAX_STOPS = 16;
  private static final double MAX_TEMPERATURE = 2;
  private static final int MAX_TOP_K = 1_000_000;
  private static final int MAX_TOKENS = 1_000_000;

  static final Set<String> SAMPLING =
      Set.of(
          "model",
          "stream",
          "stream_options",
          "max_tokens",
          "temperature",
          "top_p",
          "top_k",
          "repetition_penalty",
          "n",
          "best_of",
          "seed",
          "stop",
          "steering");

  private static final Set<String> STEERING =
      Set.of(
          "rules",
          "standing_rules",
          "min_revision",
          "fence_timeout_ms",
          "labels",
          "session",
          "pace",
          "deadline_ms",
          "include",
          "sites");

  /// What is reported beyond OpenAI's.
  ///
  /// @param sites of the codes; empty: all
  record Steering(boolean revisions, boolean codes, List<Site> sites) {
    boolean isIncluded() {
      return revisions || codes;
    }
  }

  /// Reads what both routes share.
  ///
  /// @param inputs the prompts as text or token ids, as in the prompt schema
  /// @param stops texts that end a completion beside the caller's
  static GenerationRequest read(
      Parameters in,
      List<ObjectNode> inputs,
      OptionalInt maxTokens,
      OptionalInt topLogprobs,
      boolean echo,
      List<String> stops) {
    int n = in.whole("n", 1, MAX_CHOICES).orElse(1);
    if (in.whole("best_of", 1, MAX_CHOICES).orElse(n) != n) {
      throw HttpError.badRequest("best_of", "unsupported_parameter", "best_of: only equal to n");
    }
    if (n * inputs.size() > MAX_CHOICES) {
      throw HttpError.badRequest("n", "over-limit", "choices: limit=" + MAX_CHOICES);
    }
    ObjectNode shared = JsonNodeFactory.instance.objectNode();
    shared.put("model", in.text("model"));
    maxTokens.ifPresent(most -> shared.put("maxTokens", Math.max(most, 1)));
    topLogprobs.ifPresent(top -> shared.put("topLogprobs", top));
    if (echo && topLogprobs.isPresent()) {
      shared.put("promptLogprobs", true);
    }
    sampling(in, shared);
    List<String> all = new ArrayList<>(in.texts("stop", MAX_STOPS));
    stops.stream().filter(stop -> !all.contains(stop)).forEach(all::add);
    if (!all.isEmpty()) {
      var stop = shared.putArray("stop");
      all.stream().limit(MAX_STOPS).forEach(stop::add);
    }
    Steering steering = steering(in.at("steering"), shared);
    Optional<JsonNode> options = in.at("stream_options");
    if (options.isPresent() && !options.get().isObject()) {
      throw Parameters.wrong("stream_options", "an object");
    }
    return new GenerationRequest(
        in.text("model"),
        inputs.stream().map(input -> prompt(shared, input)).toList(),
        n,
        maxTokens.orElse(Integer.MAX_VALUE),
        seed(in.big("seed")),
        in.flag("stream"),
        options.map(found -> found.path("include_usage").asBoolean(false)).orElse(false),
        echo,
        topLogprobs,
        steering);
  }

  private static long seed(OptionalLong asked) {
    return asked.orElseGet(() -> ThreadLocalRandom.current().nextLong(Long.MAX_VALUE >>> 1));
  }

  private static void sampling(Parameters in, ObjectNode shared) {
    ObjectNode sampling = shared.putObject("sampling");
    sampling.put("temperature", in.number("temperature", 0, MAX_TEMPERATURE, 1));
    double topP = in.number("top_p", 0, 1, 1);
    // 0 asks for the most probable token alone, which the smallest share gives as well.
    sampling.put("topP", topP == 0 ? Double.MIN_NORMAL : topP);
    sampling.put("topK", in.whole("top_k", 0, MAX_TOP_K).orElse(0));
    sampling.put("repetitionPenalty", in.number("repetition_penalty", 0.01, 100, 1));
  }

  private static Steering steering(Optional<JsonNode> given, ObjectNode shared) {
    if (given.isEmpty()) {
      return new Steering(false, false, List.of());
    }
    JsonNode steering = given.get();
    if (!steering.isObject()) {
      throw Parameters.wrong("steering", "an object");
    }
    for (String name : steering.propertyNames()) {
      if (!STEERING.contains(name)) {
        throw HttpError.badRequest("steering", "unknown_parameter", "unknown field of steering");
      }
    }
    copy(steering, "rules", shared, "rules");
    copy(steering, "standing_rules", shared, "standingRules");
    copy(steering, "min_revision", shared, "minRevision");
    copy(steering, "fence_timeout_ms", shared, "fenceTimeoutMs");
    copy(steering, "labels", shared, "labels");
    copy(steering, "session", shared, "session");
    copy(steering, "pace", shared, "pace");
    copy(steering, "deadline_ms", shared, "deadlineMs");
    Set<String> include = Set.copyOf(new Parameters(steering, STEERING).texts("include", 2));
    if (!Set.of("revisions", "codes").containsAll(include)) {
      throw Parameters.wrong("steering.include", "revisions or codes");
    }
    return new Steering(include.contains("revisions"), include.contains("codes"), sites(steering));
  }

  private static List<Site> sites(JsonNode steering) {
    try {
      return new Parameters(steering, STEERING)
          .texts("sites", 4_096).stream().map(Site::parse).toList();
    } catch (IllegalArgumentException e) {
      throw HttpError.badRequest("steering.sites", "invalid_value", e.getMessage());
    }
  }

  private static void copy(JsonNode from, String name, ObjectNode to, String newName) {
    JsonNode value = from.get(name);
    if (value != null && !value.isNull()) {
      to.set(newName, value);
    }
  }

  /// Checked against the published schema of prompts, as every prompt is.
  private static Prompt prompt(ObjectNode shared, ObjectNode input) {
    ObjectNode whole = shared.deepCopy();
    whole.setAll(input);
    byte[] bytes = whole.toString().getBytes(StandardCharsets.UTF_8);
    return switch (Topics.PROMPTS.value().decode(bytes)) {
      case Decoded.Ok<Prompt> ok -> ok.get();
      case Decoded.Bad<Prompt> bad -> throw HttpError.of(bad.refusal(), null, bad.detail());
    };
  }

  /// Whether the prompt's tokens are reported with their log-probabilities.
  boolean scoresPrompt() {
    return echo && topLogprobs.isPresent();
  }

  /// The prompt of one choice.
  Prompt of(int prompt, int choice, String request) {
    Prompt shared = prompts.get(prompt);
    Prompt.Sampling sampling = shared.sampling();
    return shared
        .draft()
        .request(request)
        .sampling(
            new Prompt.Sampling(
                sampling.temperature(),
                sampling.topK(),
                sampling.topP(),
                sampling.repetitionPenalty(),
                seed + choice))
        .prompt();
  }
}
