package dev.steerage.cli.log;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.schemas.message.ModelCard;
import dev.steerage.schemas.topic.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/// The models topic, read to its end.
public final class Models {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration LIMIT = Duration.ofSeconds(15);

  private Models() {}

  /// The newest card of each model, by name.
  public static Map<String, Event<ModelCard>> read(EventLog log) {
    Map<String, Event<ModelCard>> models = new TreeMap<>();
    try (Feed<ModelCard> feed = log.follow(Topics.MODELS, Feed.From.START)) {
      long deadline = System.nanoTime() + LIMIT.toNanos();
      while (!feed.isCaughtUp()) {
        if (System.nanoTime() > deadline) {
          throw new CliException(
              ExitCode.TIMEOUT, "models topic not read in " + LIMIT.toSeconds() + " s");
        }
        for (Event<ModelCard> event : feed.poll(POLL)) {
          if (event.value().value().isPresent()) {
            models.put(event.key(), event);
          } else {
            models.remove(event.key());
          }
        }
      }
    }
    return models;
  }

  /// The card of a model.
  ///
  /// @throws CliException if no worker serves it
  public static ModelCard card(EventLog log, String model) {
    Map<String, Event<ModelCard>> models = read(log);
    Event<ModelCard> event = models.get(model);
    if (event == null) {
      throw new CliException(
          ExitCode.REFUSED, "no worker serves model '" + model + "'; served: " + models.keySet());
    }
    return event.value().orThrow();
  }
}
