package dev.steerage.gateway.openai;

import dev.steerage.gateway.http.HttpError;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The body of `/v1/completions`.
final class CompletionBody {
  private static final int DEFAULT_TOKENS = 16;
  private static final int MAX_LOGPROBS = 50;

  private CompletionBody() {}

  static GenerationRequest read(JsonNode body) {
    Set<String> known = new TreeSet<>(GenerationRequest.SAMPLING);
    known.addAll(Set.of("prompt", "echo", "logprobs"));
    var in = new Parameters(body, known);
    boolean echo = in.flag("echo");
    OptionalInt logprobs = in.whole("logprobs", 0, MAX_LOGPROBS);
    int maxTokens = in.whole("max_tokens", 0, 1_000_000).orElse(DEFAULT_TOKENS);
    return GenerationRequest.read(
        in, inputs(in), OptionalInt.of(maxTokens), logprobs, echo, List.of());
  }

  private static List<ObjectNode> inputs(Parameters in) {
    JsonNode prompt =
        in.at("prompt").orElseThrow(() -> Parameters.wrong("prompt", "a string or token ids"));
    List<ObjectNode> inputs = new ArrayList<>();
    if (prompt.isArray() && !prompt.isEmpty() && !prompt.get(0).isIntegralNumber()) {
      if (prompt.size() > GenerationRequest.MAX_CHOICES) {
        throw HttpError.badRequest(
            "prompt", "over-limit", "prompts: limit=" + GenerationRequest.MAX_CHOICES);
      }
      prompt.forEach(one -> inputs.add(input(one)));
    } else {
      inputs.add(input(prompt));
    }
    return inputs;
  }

  private static ObjectNode input(JsonNode prompt) {
    ObjectNode input = JsonNodeFactory.instance.objectNode();
    if (prompt.isString()) {
      return input.put("text", prompt.stringValue());
    }
    if (prompt.isArray() && !prompt.isEmpty() && prompt.get(0).isIntegralNumber()) {
      input.set("tokens", prompt);
      return input;
    }
    throw Parameters.wrong("prompt", "a string, token ids, or a list of either");
  }
}
