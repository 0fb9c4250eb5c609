package dev.steerage.gateway.openai;

import dev.steerage.gateway.api.Ids;
import dev.steerage.gateway.api.Parts;
import dev.steerage.gateway.event.EventStream;
import dev.steerage.gateway.event.EventWriter;
import dev.steerage.gateway.event.Interest;
import dev.steerage.gateway.event.LogRecord;
import dev.steerage.gateway.event.Tail;
import dev.steerage.gateway.http.HttpError;
import dev.steerage.gateway.state.Models;
import dev.steerage.gateway.state.Tenant;
import dev.steerage.schemas.message.Command;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.Prompt;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.schemas.sbe.ActivationsDecoder;
import dev.steerage.schemas.topic.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The requests of one OpenAI call: sent as prompts like anybody's, followed on completions.
final class Generation implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Generation.class);
  private static final Duration ATTACH = Duration.ofSeconds(5);

  private final Parts parts;
  private final Tenant tenant;
  private final GenerationRequest wanted;
  private final String id;
  private final List<Choice> choices = new ArrayList<>();
  private final Map<String, Choice> byRequest = new HashMap<>();
  private final EventStream stream;
  private boolean sent;

  private Generation(
      Parts parts, Tenant tenant, GenerationRequest wanted, String prefix, int bosToken) {
    this.parts = parts;
    this.tenant = tenant;
    this.wanted = wanted;
    this.id = Ids.make(prefix);
    int count = wanted.prompts().size() * wanted.n();
    for (int i = 0; i < count; i++) {
      int prompt = i / wanted.n();
      String request = count == 1 ? id : id + "-" + i;
      List<String> stops = wanted.prompts().get(prompt).stop();
      var choice = new Choice(i, prompt, request, wanted, stops, bosToken);
      choices.add(choice);
      byRequest.put(request, choice);
    }
    stream = parts.stream();
  }

  /// Sends the prompts; from then on [#next] gives what comes of them.
  ///
  /// @throws HttpError if they cannot be sent
  static Generation start(
      Parts parts, Tenant tenant, GenerationRequest wanted, Models.Announced model, String prefix) {
    var generation = new Generation(parts, tenant, wanted, prefix, model.card().bosToken());
    try {
      generation.follow();
      generation.send();
      return generation;
    } catch (HttpError e) {
      generation.close();
      throw e;
    }
  }

  String id() {
    return id;
  }

  List<Choice> choices() {
    return choices;
  }

  boolean isDone() {
    return choices.stream().allMatch(Choice::isDone);
  }

  private void follow() {
    stream.follow(tenant.tails().completions(), new Interest.Keys<>(byRequest.keySet()));
    if (wanted.steering().codes()) {
      stream.follow(tenant.tails().activations(), new Interest.Keys<>(byRequest.keySet()));
    }
    try {
      // Before anything is sent, so that nothing is missed.
      if (!stream.awaitAttached(ATTACH)) {
        throw HttpError.unavailable("kafka_unavailable", "Kafka does not answer", 1);
      }
    } catch (InterruptedException e) {
      throw Parts.interrupted();
    }
  }

  private void send() {
    tenant.requireRoom(choices.size());
    Tail<Completion> tail = tenant.tails().completions();
    List<CompletableFuture<EventWriter.Place>> sends = new ArrayList<>();
    for (Choice choice : choices) {
      Prompt prompt = wanted.of(choice.prompt(), choice.index() % wanted.n(), choice.request());
      int partition = parts.writer().partitionOf(choice.request(), tail.partitions());
      tenant
          .requests()
          .sending(
              choice.request(),
              prompt.model(),
              partition,
              tail.next(partition),
              System.currentTimeMillis());
      sends.add(
          parts
              .writer()
              .send(
                  Topics.PROMPTS.of(tenant.id()),
                  prompt.session().orElse(choice.request()),
                  prompt));
    }
    sent = true;
    // Not waited for: what comes of them says that they were written. A failure ends the wait.
    sends.forEach(send -> send.whenComplete((_, error) -> failure(error)));
  }

  private void failure(Throwable error) {
    if (error != null) {
      Throwable cause = error instanceof CompletionException ? error.getCause() : error;
      LOG.atWarn().addKeyValue("why", cause.getMessage()).log("prompt not written");
      failed = true;
    }
  }

  // Written by the producer's thread.
  private volatile boolean failed;

  /// The choice that something happened to; empty: nothing did in time.
  ///
  /// @throws HttpError if a request was refused or given up
  Optional<Choice> next(Duration wait) {
    Optional<LogRecord<?>> record;
    try {
      record = stream.next(wait);
    } catch (InterruptedException e) {
      throw Parts.interrupted();
    }
    if (failed) {
      throw HttpError.unavailable("kafka_unavailable", "the prompt was not written", 2);
    }
    if (record.isEmpty() || record.get().value().isEmpty()) {
      return Optional.empty();
    }
    Choice choice = byRequest.get(record.get().key());
    switch (record.get().value().get()) {
      case Completion completion -> {
        choice.accept(completion);
        if (completion instanceof Completion.Finished finished) {
          check(choice, finished);
        }
      }
      case byte[] bytes -> {
        var in = new ActivationsDecoder();
        if (in.wrap(bytes).isEmpty()) {
          choice.accept(in);
        }
      }
      default -> throw new IllegalStateException("no topic of a generation");
    }
    return Optional.of(choice);
  }

  private static void check(Choice choice, Completion.Finished finished) {
    String detail = finished.detail().orElse("no detail");
    switch (finished.reason()) {
      case LENGTH, EOS, STOP, CANCELLED -> {
        // An end like any other.
      }
      case REFUSED -> throw refused(finished.refusal().orElse(Refusal.MALFORMED), detail);
      case FAILED -> throw HttpError.failed("failed", "the worker gave the request up: " + detail);
      case EXPIRED -> {
        if (choice.started().isEmpty()) {
          throw HttpError.unavailable("expired", "the deadline passed before it began", 2);
        }
      }
    }
  }

  private static HttpError refused(Refusal refusal, String detail) {
    return refusal == Refusal.OVER_LIMIT
        ? HttpError.badRequest("prompt", "context_length_exceeded", detail)
        : HttpError.of(refusal, "prompt", detail);
  }

  /// Nobody waits for the answer any more: what still runs is cancelled.
  void cancel() {
    if (!sent) {
      return;
    }
    for (Choice choice : choices) {
      if (choice.finished().isEmpty()) {
        var command =
            new Command(
                Command.VERSION,
                Optional.of(Ids.make("c")),
                choice.request(),
                Command.Kind.CANCEL,
                OptionalLong.empty(),
                List.of(),
                "gateway");
        parts.writer().send(Topics.COMMANDS.of(tenant.id()), choice.request(), command);
      }
    }
  }

  /// Runs an action; when it fails, what still runs is cancelled.
  void orCancel(Action action) throws IOException {
    boolean whole = false;
    try {
      action.run();
      whole = true;
    } finally {
      if (!whole) {
        cancel();
      }
    }
  }

  /// Something that writes to the client.
  interface Action {
    void run() throws IOException;
  }

  @Override
  public void close() {
    stream.close();
  }
}
