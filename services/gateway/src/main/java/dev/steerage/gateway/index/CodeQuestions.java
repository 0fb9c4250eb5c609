package dev.steerage.gateway.index;

import dev.steerage.gateway.GatewayConfig;
import dev.steerage.gateway.http.HttpError;
import dev.steerage.schemas.aeron.IndexClient;
import dev.steerage.schemas.aeron.IndexClientConfig;
import dev.steerage.schemas.aeron.TenantKeys;
import dev.steerage.schemas.index.LookupException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/// Asks the code index, over Aeron. Thread-safe. Searches have a connection of their own, so that a
/// long one holds up no look-up.
public final class CodeQuestions implements AutoCloseable {
  private static final Duration LOOK_UP = Duration.ofSeconds(3);
  private static final Duration SEARCH = Duration.ofSeconds(20);
  private static final Duration PROBE = Duration.ofMillis(500);

  private final Optional<IndexClient> lookUps;
  private final Optional<IndexClient> searches;
  private final Optional<IndexClient> probes;

  private CodeQuestions(Optional<IndexClientConfig> config) {
    lookUps = config.map(found -> new IndexClient(found.withTimeout(LOOK_UP)));
    searches = config.map(found -> new IndexClient(found.withTimeout(SEARCH)));
    probes = config.map(found -> new IndexClient(found.withTimeout(PROBE)));
  }

  /// Connects when it is first asked.
  public static CodeQuestions of(GatewayConfig config) {
    return new CodeQuestions(
        config
            .aeronDirectory()
            .map(
                folder ->
                    IndexClientConfig.of(folder)
                        .withChannel(config.indexChannel())
                        .withKeys(TenantKeys.ofEnvironment())));
  }

  /// Asks for something that is quick.
  ///
  /// @throws HttpError 404, 400, 429 or 503
  public <T> T ask(Function<IndexClient, T> question) {
    return ask(lookUps, question);
  }

  /// Asks for something that may take seconds.
  ///
  /// @throws HttpError 404, 400, 429 or 503
  public <T> T search(Function<IndexClient, T> question) {
    return ask(searches, question);
  }

  /// An answer that may be missing.
  public <T> Optional<T> tryAsk(Function<IndexClient, T> question) {
    try {
      return Optional.of(ask(lookUps, question));
    } catch (HttpError e) {
      return Optional.empty();
    }
  }

  /// Whether an index answers.
  public boolean isWorking() {
    try {
      ask(probes, client -> client.status(Optional.empty()));
      return true;
    } catch (HttpError e) {
      return false;
    }
  }

  private static <T> T ask(Optional<IndexClient> client, Function<IndexClient, T> question) {
    if (client.isEmpty()) {
      throw HttpError.unavailable("index_unavailable", "this gateway knows no code index", 5);
    }
    try {
      return question.apply(client.get());
    } catch (LookupException e) {
      throw error(e);
    }
  }

  private static HttpError error(LookupException e) {
    String said = e.getMessage();
    return switch (e.reason()) {
      case UNKNOWN_TENANT, UNKNOWN_REQUEST ->
          HttpError.notFound(null, "not_found", "the index holds no such thing");
      case UNKNOWN_MODEL -> HttpError.notFound("model", "model_not_found", said);
      case UNKNOWN_SITE -> HttpError.notFound("site", "unknown-site", said);
      case UNKNOWN_CODE -> HttpError.notFound("code", "unknown-code", said);
      case UNKNOWN_CONCEPT -> HttpError.notFound("concept", "unknown-concept", said);
      case UNKNOWN_CORPUS ->
          HttpError.unavailable(
              "no_corpus", "the index has no corpus of this model: 'steerage index build'", 60);
      case BAD_QUERY -> HttpError.badRequest("pattern", "bad_query", said);
      case LIMIT, MALFORMED -> HttpError.badRequest(null, "over-limit", said);
      case BUSY -> HttpError.tooMany("too many searches wait", 1);
      case UNSUPPORTED ->
          HttpError.unavailable("unsupported", "this code index does not answer that yet", 60);
      case UNAUTHORIZED ->
          HttpError.failed("index_key", "the gateway has no key of this tenant for the code index");
      case INTERNAL -> HttpError.failed("index_failed", "the code index failed");
      case UNAVAILABLE, TIMEOUT ->
          HttpError.unavailable("index_unavailable", "no code index answers", 2);
    };
  }

  @Override
  public void close() {
    lookUps.ifPresent(IndexClient::close);
    searches.ifPresent(IndexClient::close);
    probes.ifPresent(IndexClient::close);
  }
}
