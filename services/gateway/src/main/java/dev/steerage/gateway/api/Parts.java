package dev.steerage.gateway.api;

import dev.steerage.gateway.GatewayLimits;
import dev.steerage.gateway.GatewayMetrics;
import dev.steerage.gateway.event.EventStream;
import dev.steerage.gateway.event.EventWriter;
import dev.steerage.gateway.event.LogReader;
import dev.steerage.gateway.http.Call;
import dev.steerage.gateway.http.HttpError;
import dev.steerage.gateway.index.CodeQuestions;
import dev.steerage.gateway.model.ModelTexts;
import dev.steerage.gateway.model.Replays;
import dev.steerage.gateway.state.Models;
import dev.steerage.gateway.state.Tenant;
import dev.steerage.gateway.state.Tenants;
import dev.steerage.schemas.topic.Topic;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// What the routes work with.
public record Parts(
    Tenants tenants,
    Models models,
    EventWriter writer,
    LogReader reader,
    CodeQuestions codes,
    ModelTexts texts,
    Replays replays,
    GatewayLimits limits,
    GatewayMetrics metrics) {
  private static final long WRITE_S = 20;

  /// The caller's tenant.
  public Tenant tenant(Call call) {
    return tenants.of(call.caller().tenant());
  }

  /// A stream that follows nothing yet.
  public EventStream stream() {
    return new EventStream(reader, metrics, limits.mailbox());
  }

  /// Writes a record and waits until the broker has it.
  ///
  /// @throws HttpError 503
  public <V> EventWriter.Place write(Topic<String, V> topic, String key, V value) {
    try {
      return writer.send(topic, key, value).get(WRITE_S, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw HttpError.unavailable(
          "kafka_unavailable", "not written: topic=" + topic.name() + "; it may yet arrive", 2);
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  /// The gateway stops.
  public static HttpError interrupted() {
    Thread.currentThread().interrupt();
    return HttpError.unavailable("stopping", "the gateway is stopping", 1);
  }
}
