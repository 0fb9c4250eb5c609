package dev.steerage.worker.rules;

import dev.steerage.schemas.message.Alert;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/// What a rule that only shadows would have done to one request. Decode thread only.
final class ShadowCount {
  private final int firstToken;
  private int positions;
  private long slots;
  private OptionalInt stopsAt = OptionalInt.empty();

  /// @param firstToken index of the first token that it would have affected
  ShadowCount(int firstToken) {
    this.firstToken = firstToken;
  }

  void add(int changedSlots, boolean stops, int tokenIndex) {
    positions++;
    slots += changedSlots;
    if (stops && stopsAt.isEmpty()) {
      stopsAt = OptionalInt.of(tokenIndex);
    }
  }

  /// Its time is that of the tick.
  Alert alert(String request, String rule) {
    Map<String, String> facts = new TreeMap<>();
    facts.put("rule", rule);
    facts.put("request", request);
    facts.put("firstToken", Integer.toString(firstToken));
    facts.put("positions", Integer.toString(positions));
    facts.put("slots", Long.toString(slots));
    stopsAt.ifPresent(token -> facts.put("stopsAt", Integer.toString(token)));
    return new Alert(
        "shadow/" + request + "/" + rule,
        "shadow",
        "info",
        "rule " + rule + " would have acted at " + positions + " positions",
        0,
        facts);
  }
}
