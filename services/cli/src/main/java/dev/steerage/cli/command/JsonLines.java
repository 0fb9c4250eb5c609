package dev.steerage.cli.command;

import dev.steerage.cli.log.Event;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.schemas.json.Json;
import dev.steerage.schemas.json.JsonOut;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Output for programs: one JSON object per line.
final class JsonLines {
  private JsonLines() {}

  /// A record of a JSON topic: where it is, and its value untouched.
  static void record(Terminal terminal, Event<?> event) {
    String value = new String(event.raw(), StandardCharsets.UTF_8).replace('\n', ' ');
    byte[] place =
        Json.write(
            out ->
                out.text("topic", event.topic())
                    .whole("partition", event.partition())
                    .whole("offset", event.offset())
                    .whole("timestampMs", event.timestampMs())
                    .text("key", event.key()));
    String head = new String(place, StandardCharsets.UTF_8);
    terminal.line(head.substring(0, head.length() - 1) + ",\"value\":" + value + "}");
  }

  /// One object.
  static void object(Terminal terminal, Consumer<JsonOut> writer) {
    terminal.line(new String(Json.write(writer), StandardCharsets.UTF_8));
  }
}
