package dev.steerage.gateway.openai;

import dev.steerage.gateway.http.HttpError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// A conversation as plain text, for base models: each message as role, colon, content and an empty
/// line, at last `Assistant:`. A single message of a user is its content as it is.
final class ChatTemplate {
  /// Where the next turn of the user would begin.
  static final String NEXT_TURN = "\n\nUser:";

  private static final int MAX_MESSAGES = 1_000;
  private static final Map<String, String> NAMES =
      Map.of("system", "System", "developer", "System", "user", "User", "assistant", "Assistant");

  private ChatTemplate() {}

  /// A conversation.
  ///
  /// @param isPlain a single message of a user
  record Conversation(String text, boolean isPlain) {}

  /// @throws HttpError 400
  static Conversation of(JsonNode messages) {
    if (messages == null || !messages.isArray() || messages.isEmpty()) {
      throw Parameters.wrong("messages", "at least one message");
    }
    if (messages.size() > MAX_MESSAGES) {
      throw HttpError.badRequest("messages", "over-limit", "messages: limit=" + MAX_MESSAGES);
    }
    List<String> turns = new ArrayList<>();
    String only = "";
    for (JsonNode message : messages) {
      String role = NAMES.get(message.path("role").asString(""));
      if (role == null) {
        throw HttpError.badRequest(
            "messages",
            "unsupported_parameter",
            "role: expected system, developer, user or assistant");
      }
      only = content(message.get("content"));
      turns.add(role + ": " + only + "\n\n");
    }
    boolean isPlain = messages.size() == 1 && turns.getFirst().startsWith("User: ");
    return new Conversation(isPlain ? only : String.join("", turns) + "Assistant:", isPlain);
  }

  private static String content(JsonNode content) {
    if (content != null && content.isString()) {
      return content.stringValue();
    }
    if (content == null || !content.isArray()) {
      throw Parameters.wrong("messages", "content as a string or parts");
    }
    var text = new StringBuilder();
    for (JsonNode part : content) {
      if (!part.path("type").asString("").equals("text") || !part.path("text").isString()) {
        throw HttpError.badRequest(
            "messages", "unsupported_parameter", "content: only parts of type text");
      }
      text.append(part.get("text").stringValue());
    }
    return text.toString();
  }
}
