package dev.steerage.gateway.api;

import dev.steerage.domain.rule.RuleBook;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.rule.RuleProblem;
import dev.steerage.gateway.event.EventWriter;
import dev.steerage.gateway.http.Call;
import dev.steerage.gateway.http.HttpError;
import dev.steerage.gateway.state.Models;
import dev.steerage.gateway.state.RuleLog;
import dev.steerage.gateway.state.Tenant;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.json.CompletionJson;
import dev.steerage.schemas.json.JsonOut;
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.schemas.topic.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/// Writes to the rule log and waits for what the workers say.
public final class Changes {
  private static final int MAX_WAIT_MS = 30_000;
  private static final int WAIT_MS = 2_000;
  private static final long READ_BACK_MS = 5_000;
  private static final int LONGEST_AUTHOR = 200;

  private final Parts parts;
  private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

  public Changes(Parts parts) {
    this.parts = parts;
  }

  /// Decides on a change, writes it and answers with its revision and acknowledgement.
  ///
  /// Changes through this gateway follow one another, so that what was decided on is still so when
  /// the record is written; other writers of the log may come between.
  ///
  /// @param decide gives the change or refuses
  void apply(Call call, Tenant tenant, String subject, Supplier<RuleChange> decide)
      throws IOException {
    Duration wait = wait(call);
    ReentrantLock lock = locks.computeIfAbsent(tenant.id().name(), _ -> new ReentrantLock());
    long revision;
    lock.lock();
    try {
      EventWriter.Place place = parts.write(Topics.RULES.of(tenant.id()), subject, decide.get());
      revision = place.offset();
      tenant.rules().awaitRevision(revision, READ_BACK_MS);
    } catch (InterruptedException e) {
      throw Parts.interrupted();
    } finally {
      lock.unlock();
    }
    answer(call, subject, revision, await(tenant, revision, wait));
  }

  private static Optional<RuleAck> await(Tenant tenant, long revision, Duration wait) {
    try {
      return tenant.acks().awaitChange(revision, wait);
    } catch (InterruptedException e) {
      throw Parts.interrupted();
    }
  }

  /// Answers with an acknowledgement, where there is one.
  static void answer(Call call, String subject, long revision, Optional<RuleAck> ack)
      throws IOException {
    if (ack.isPresent() && ack.get().kind() == RuleAck.Kind.REFUSED) {
      String detail = ack.get().detail().orElse("refused");
      throw HttpError.of(ack.get().refusal().orElseThrow(), null, detail);
    }
    call.json(ack.isPresent() ? 200 : 202, out -> change(out, subject, revision, ack));
  }

  private static void change(JsonOut out, String subject, long revision, Optional<RuleAck> ack) {
    out.text("subject", subject)
        .whole("revision", revision)
        .object("ack", ack, CompletionJson::writeAck);
  }

  /// The change that a body describes. Its author is the caller where it names none.
  static Decoded<RuleChange> decode(Call call, ObjectNode body) {
    if (!body.has("author")) {
      body.put("author", call.caller().name());
    }
    return Topics.RULES.value().decode(body.toString().getBytes(StandardCharsets.UTF_8));
  }

  /// The same, for those who go on only with a change.
  ///
  /// @throws HttpError with the reason for which it cannot be read
  static RuleChange read(Call call, ObjectNode body) {
    return switch (decode(call, body)) {
      case Decoded.Ok<RuleChange> ok -> ok.get();
      case Decoded.Bad<RuleChange> bad -> throw HttpError.of(bad.refusal(), null, bad.detail());
    };
  }

  /// @throws HttpError unless the change may be made to the rules in force
  static RuleChange checked(Tenant tenant, Models.Announced model, RuleChange change) {
    List<RuleProblem> problems = tenant.rules().check(model, change);
    if (!problems.isEmpty()) {
      throw problems.getFirst().kind() == RuleProblem.Kind.IN_USE
          ? HttpError.conflict("in-use", problems.getFirst().detail())
          : PromptRoutes.problems(problems);
    }
    return change;
  }

  /// How long the caller waits for an acknowledgement.
  static Duration wait(Call call) {
    return Duration.ofMillis(call.queryNumber("wait", 0, MAX_WAIT_MS, WAIT_MS));
  }

  /// Who makes a change that has no body.
  String author(Call call) {
    String author = call.query("author").orElse(call.caller().name());
    if (author.isBlank() || author.length() > LONGEST_AUTHOR) {
      throw HttpError.badRequest("author", "bad-name", "author: 1 to " + LONGEST_AUTHOR);
    }
    return author;
  }

  /// @throws HttpError 409 unless the rule was last changed at the revision in `If-Match`
  void requireMatch(Call call, Tenant tenant, List<Models.Announced> models, String rule) {
    Optional<String> header = call.header("If-Match");
    if (header.isEmpty()) {
      return;
    }
    long actual =
        models.stream()
            .flatMap(model -> tenant.rules().find(model, rule).stream())
            .map(RuleLog.InForce::entry)
            .mapToLong(RuleLog.Entry::revision)
            .max()
            .orElse(RuleBook.NO_REVISION);
    String expected = header.get().strip().replace("\"", "");
    if (!expected.equals(Long.toString(actual))) {
      throw HttpError.conflict(
          "changed", "the rule was last changed at revision " + actual + ", not " + clip(expected));
    }
  }

  private static String clip(String text) {
    return text.length() <= 20 ? text : text.substring(0, 20) + "…";
  }
}
