package dev.steerage.gateway.state;

import dev.steerage.domain.model.ModelShape;
import dev.steerage.gateway.http.HttpError;
import dev.steerage.schemas.message.ModelCard;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/// The models that workers serve, as they announced them. Thread-safe.
public final class Models {
  private final ConcurrentSkipListMap<String, Announced> models = new ConcurrentSkipListMap<>();

  /// A model.
  ///
  /// @param atMs broker time of the announcement
  public record Announced(ModelCard card, ModelShape shape, long atMs) {}

  public void put(ModelCard card, long atMs) {
    models.put(card.model(), new Announced(card, card.shape(), atMs));
  }

  /// All of them by name.
  public List<Announced> all() {
    return List.copyOf(models.values());
  }

  public Optional<Announced> find(String model) {
    return Optional.ofNullable(models.get(model));
  }

  /// A model that callers name.
  ///
  /// @throws HttpError 404
  public Announced require(String model) {
    return find(model)
        .orElseThrow(
            () ->
                HttpError.notFound(
                    "model", "model_not_found", "no worker serves a model of this name"));
  }
}
