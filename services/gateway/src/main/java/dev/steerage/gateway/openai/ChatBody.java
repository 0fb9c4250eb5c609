package dev.steerage.gateway.openai;

import dev.steerage.gateway.http.HttpError;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The body of `/v1/chat/completions`.
final class ChatBody {
  private static final int MAX_LOGPROBS = 50;

  private ChatBody() {}

  static GenerationRequest read(JsonNode body) {
    Set<String> known = new TreeSet<>(GenerationRequest.SAMPLING);
    known.addAll(Set.of("messages", "max_completion_tokens", "logprobs", "top_logprobs"));
    var in = new Parameters(body, known);
    ChatTemplate.Conversation conversation = ChatTemplate.of(in.at("messages").orElse(null));
    OptionalInt newer = in.whole("max_completion_tokens", 1, 1_000_000);
    OptionalInt older = in.whole("max_tokens", 1, 1_000_000);
    if (newer.isPresent() && older.isPresent() && newer.getAsInt() != older.getAsInt()) {
      throw HttpError.badRequest(
          "max_tokens", "invalid_value", "max_tokens and max_completion_tokens differ");
    }
    OptionalInt top = in.whole("top_logprobs", 0, MAX_LOGPROBS);
    boolean logprobs = in.flag("logprobs");
    if (top.isPresent() && !logprobs) {
      throw HttpError.badRequest(
          "top_logprobs", "invalid_value", "top_logprobs needs logprobs: true");
    }
    ObjectNode input = JsonNodeFactory.instance.objectNode().put("text", conversation.text());
    return GenerationRequest.read(
        in,
        List.of(input),
        newer.isPresent() ? newer : older,
        logprobs ? OptionalInt.of(top.orElse(0)) : OptionalInt.empty(),
        false,
        conversation.isPlain() ? List.of() : List.of(ChatTemplate.NEXT_TURN));
  }
}
