package dev.steerage.gateway.api;

import dev.steerage.gateway.state.Models;
import dev.steerage.schemas.json.JsonOut;
import java.util.List;
import java.util.Optional;

/// Token ids of one model with their texts.
final class Texts {
  private final Optional<List<String>> texts;

  Texts(Parts parts, String model) {
    texts =
        parts
            .models()
            .find(model)
            .map(Models.Announced::card)
            .flatMap(card -> parts.texts().tokens(card.model(), card.bosToken()));
  }

  String of(int id) {
    return texts
        .filter(all -> id >= 0 && id < all.size())
        .map(all -> all.get(id))
        .orElse("<" + id + ">");
  }

  void write(JsonOut out, int id) {
    out.whole("id", id).text("text", of(id));
  }
}
