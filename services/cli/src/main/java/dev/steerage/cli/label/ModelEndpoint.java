package dev.steerage.cli.label;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.schemas.json.BadJson;
import dev.steerage.schemas.json.Json;
import dev.steerage.schemas.json.JsonOut;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A model behind an OpenAI-compatible endpoint. One question at a time, each with a limit on what
/// is sent, on what is taken and on the time.
public final class ModelEndpoint implements AutoCloseable {
  /// Longest question.
  static final int MOST_CHARACTERS = 32_000;

  private static final int MOST_ANSWER_BYTES = 256 * 1024;

  private final URI place;
  private final String model;
  private final Optional<String> key;
  private final Duration timeout;
  private final HttpClient client;

  /// @param base address up to the version, e.g. `https://api.example.org/v1`
  /// @param key sent as bearer token
  /// @throws CliException if it is no such address, or the key would travel unprotected
  public ModelEndpoint(URI base, String model, Optional<String> key, Duration timeout) {
    boolean isSafe = "https".equals(base.getScheme());
    if (!isSafe && !"http".equals(base.getScheme()) || base.getHost() == null) {
      throw new CliException(ExitCode.USAGE, "endpoint: expected http(s)://HOST[:PORT]/v1");
    }
    if (key.isPresent() && !isSafe && !isLoopback(base.getHost())) {
      throw new CliException(
          ExitCode.USAGE,
          "endpoint: a key goes to another host by https only, host=" + base.getHost());
    }
    this.place = URI.create(base.toString().replaceAll("/+$", "") + "/chat/completions");
    this.model = model;
    this.key = key;
    this.timeout = timeout;
    client = HttpClient.newBuilder().connectTimeout(timeout).build();
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new CliException(ExitCode.USAGE, "endpoint: unknown host=" + host, e);
    }
  }

  /// What the model answers at temperature 0.
  ///
  /// @throws CliException if it does not, or says more than it may
  String ask(String question, int mostTokens) {
    if (question.length() > MOST_CHARACTERS) {
      throw new CliException(
          ExitCode.USAGE,
          "question: characters=" + question.length() + ", limit=" + MOST_CHARACTERS);
    }
    byte[] body =
        Json.write(
            out ->
                out.text("model", model)
                    .allObjects("messages", List.of(question), ModelEndpoint::message)
                    .whole("max_tokens", mostTokens)
                    .number("temperature", 0));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(place)
            .timeout(timeout)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    return text(send(request.build()));
  }

  private static void message(JsonOut out, String question) {
    out.text("role", "user").text("content", question);
  }

  private HttpResponse<byte[]> send(HttpRequest request) {
    try {
      return client.send(
          request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_ANSWER_BYTES));
    } catch (HttpTimeoutException e) {
      throw new CliException(
          ExitCode.TIMEOUT, "endpoint: no answer, limit=" + timeout.toMillis() + " ms", e);
    } catch (IOException e) {
      throw new CliException(
          ExitCode.UNREACHABLE,
          "endpoint " + place + ": " + e + ", largest answer=" + MOST_ANSWER_BYTES + " bytes",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliException(ExitCode.TIMEOUT, "endpoint: interrupted", e);
    }
  }

  private String text(HttpResponse<byte[]> answer) {
    JsonNode body;
    try {
      body = Json.parse(answer.body(), MOST_ANSWER_BYTES);
    } catch (BadJson e) {
      throw new CliException(
          ExitCode.REFUSED,
          "endpoint: status=" + answer.statusCode() + ", the answer is no JSON: " + e.getMessage(),
          e);
    }
    if (answer.statusCode() != 200) {
      throw new CliException(
          ExitCode.REFUSED,
          "endpoint: status=%d, %s"
              .formatted(
                  answer.statusCode(), body.at("/error/message").asString("no reason given")));
    }
    JsonNode text = body.at("/choices/0/message/content");
    if (!text.isString()) {
      throw new CliException(ExitCode.REFUSED, "endpoint: the answer has no message");
    }
    return text.stringValue();
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
