package dev.steerage.admission.decision;

import dev.steerage.domain.rule.RuleLimits;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.json.BadJson;
import dev.steerage.schemas.json.Json;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.Prompt;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.schemas.message.Work;
import dev.steerage.schemas.topic.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.LongSupplier;
import tools.jackson.databind.JsonNode;

/// Decides what becomes of a prompt. For one thread.
public final class PromptGate {
  private final SeenIds seen;
  private final Models models;
  private final Quotas quotas;
  private final LongSupplier clock;

  /// @param clock epoch milliseconds
  public PromptGate(SeenIds seen, Models models, Quotas quotas, LongSupplier clock) {
    this.seen = seen;
    this.models = models;
    this.quotas = quotas;
    this.clock = clock;
  }

  /// What becomes of a record. The same record gives the same outcome again, so a batch whose
  /// transaction was aborted can be repeated; only its deadline can pass meanwhile.
  public Outcome decide(Arrival arrival) {
    Decoded<Prompt> decoded = decode(arrival);
    return switch (decoded) {
      case Decoded.Bad<Prompt>(Refusal reason, String detail) ->
          refused(idOfUnreadable(arrival), reason, detail);
      case Decoded.Ok<Prompt>(Prompt prompt) -> decide(arrival, prompt);
    };
  }

  /// Remembers a record that was decided before this process started.
  public void remember(Arrival arrival) {
    if (decode(arrival) instanceof Decoded.Ok<Prompt>(Prompt prompt)) {
      requestOf(arrival, prompt)
          .ifPresent(request -> seen.put(arrival.tenant(), request, original(arrival, prompt)));
    }
  }

  private static Decoded<Prompt> decode(Arrival arrival) {
    return arrival.value() == null
        ? Decoded.bad(Refusal.MALFORMED, "no value")
        : Topics.PROMPTS.value().decode(arrival.value());
  }

  private Outcome decide(Arrival arrival, Prompt prompt) {
    Optional<String> id = requestOf(arrival, prompt);
    if (id.isEmpty()) {
      return refused(
          Optional.empty(), Refusal.BAD_NAME, "the key is no text of 1 to 200 characters");
    }
    String request = id.get();
    SeenIds.Original original = original(arrival, prompt);
    Optional<SeenIds.Original> known = seen.put(arrival.tenant(), request, original);
    if (known.isPresent() && !isSameRecord(known.get(), original)) {
      return known.get().body().equals(original.body())
          ? new Outcome.Repeated(
              new Completion.Duplicate(request, known.get().partition(), known.get().offset()))
          // No answer: the id's reader is waiting for the original.
          : Outcome.Refused.unanswered(
              Refusal.ID_CONFLICT,
              "the id belongs to partition="
                  + known.get().partition()
                  + ", offset="
                  + known.get().offset());
    }
    Optional<PromptCheck.Problem> problem =
        PromptCheck.check(prompt, models)
            .or(() -> CaptureQuota.check(prompt, models, quotas.of(arrival.tenant())));
    if (problem.isPresent()) {
      return refused(id, problem.get().reason(), problem.get().detail());
    }
    if (prompt.deadlineMs().isPresent() && prompt.deadlineMs().getAsLong() <= clock.getAsLong()) {
      return Outcome.Expired.of(request);
    }
    Prompt granted = CaptureQuota.grant(prompt, models, quotas.of(arrival.tenant()));
    return admitted(arrival, granted, request);
  }

  private static Outcome admitted(Arrival arrival, Prompt prompt, String request) {
    TenantId tenant = arrival.tenant();
    return new Outcome.Admitted(
        Topics.workKey(tenant, prompt.session().orElse(request)),
        new Work(
            tenant.name(),
            request,
            prompt,
            arrival.partition(),
            arrival.offset(),
            arrival.timestampMs()));
  }

  private static Outcome refused(Optional<String> request, Refusal reason, String detail) {
    return request
        .map(id -> Outcome.Refused.of(id, reason, detail))
        .orElseGet(() -> Outcome.Refused.unanswered(reason, detail));
  }

  private static boolean isSameRecord(SeenIds.Original known, SeenIds.Original original) {
    return known.partition() == original.partition() && known.offset() == original.offset();
  }

  private static SeenIds.Original original(Arrival arrival, Prompt prompt) {
    return new SeenIds.Original(
        arrival.partition(),
        arrival.offset(),
        SeenIds.Hash.of(Topics.PROMPTS.value().encode(prompt)),
        arrival.timestampMs());
  }

  /// The id in the record, else the key of a prompt without session, else `partition-offset`; empty
  /// where the key is meant as the id and cannot be one.
  private static Optional<String> requestOf(Arrival arrival, Prompt prompt) {
    if (prompt.request().isPresent()) {
      return prompt.request();
    }
    if (prompt.session().isEmpty() && arrival.key() != null) {
      return text(arrival.key());
    }
    return Optional.of(arrival.partition() + "-" + arrival.offset());
  }

  /// What the sender waits under, as far as that can be told: the id in the JSON, else the key.
  private static Optional<String> idOfUnreadable(Arrival arrival) {
    return idInside(arrival.value())
        .or(() -> arrival.key() == null ? Optional.empty() : text(arrival.key()));
  }

  private static Optional<String> idInside(byte[] value) {
    if (value == null) {
      return Optional.empty();
    }
    try {
      JsonNode id = Json.parse(value, Topics.MAX_RECORD_BYTES).get("request");
      return id != null && id.isString() ? valid(id.stringValue()) : Optional.empty();
    } catch (BadJson e) {
      return Optional.empty();
    }
  }

  private static Optional<String> text(byte[] key) {
    try {
      return valid(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(key)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> valid(String id) {
    return id.isBlank() || id.length() > RuleLimits.TEXT ? Optional.empty() : Optional.of(id);
  }
}
