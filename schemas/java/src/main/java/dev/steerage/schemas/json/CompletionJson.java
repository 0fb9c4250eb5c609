package dev.steerage.schemas.json;

import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.schemas.message.RuleAck;
import java.util.Optional;

/// Completions and acknowledgements, as in `completion.schema.json` and `rule-ack.schema.json`.
public final class CompletionJson {
  private CompletionJson() {}

  /// Reads one event of a completion.
  public static Completion read(JsonIn in) {
    String request = in.text("request");
    return switch (in.text("type")) {
      case "started" ->
          new Completion.Started(
              request,
              in.text("model"),
              in.text("modelHash"),
              in.text("numericClass"),
              in.text("worker"),
              in.integer("attempt"),
              in.integers("promptTokens"),
              in.whole("promptRevision"),
              in.textMap("topicIds"),
              in.integer("resumedAt", 0),
              in.optionalObject("session", CompletionJson::readTurn));
      case "tokens" ->
          new Completion.Tokens(
              request,
              in.integer("attempt"),
              in.objects("tokens", CompletionJson::readToken),
              in.objects("prompt", CompletionJson::readPromptToken));
      case "finished" ->
          new Completion.Finished(
              request,
              in.word("reason", Completion.Reason.class),
              in.has("refusal") ? Optional.of(in.word("refusal", Refusal.class)) : Optional.empty(),
              in.optionalText("detail"),
              in.integer("promptTokens"),
              in.integer("completionTokens"),
              in.texts("tags"),
              in.objects("costs", CompletionJson::readCost));
      case "duplicate" ->
          new Completion.Duplicate(request, in.integer("partition"), in.whole("offset"));
      case "paired" ->
          new Completion.Paired(
              request,
              in.integer("attempt"),
              in.objects("tokens", CompletionJson::readPairedToken),
              in.optionalObject("ended", CompletionJson::readHalfEnd));
      default ->
          throw new BadJson(
              Refusal.MALFORMED, "type: expected started, tokens, paired, finished or duplicate");
    };
  }

  /// Writes one event of a completion.
  public static void write(JsonOut out, Completion completion) {
    switch (completion) {
      case Completion.Started started -> writeStarted(out, started);
      case Completion.Tokens tokens ->
          out.text("type", "tokens")
              .text("request", tokens.request())
              .whole("attempt", tokens.attempt())
              .allObjects("tokens", tokens.tokens(), CompletionJson::writeToken)
              .objects("prompt", tokens.prompt(), CompletionJson::writePromptToken);
      case Completion.Finished finished -> {
        out.text("type", "finished")
            .text("request", finished.request())
            .word("reason", finished.reason());
        finished.refusal().ifPresent(refusal -> out.word("refusal", refusal));
        out.text("detail", finished.detail())
            .whole("promptTokens", finished.promptTokens())
            .whole("completionTokens", finished.completionTokens())
            .texts("tags", finished.tags())
            .objects("costs", finished.costs(), CompletionJson::writeCost);
      }
      case Completion.Duplicate duplicate ->
          out.text("type", "duplicate")
              .text("request", duplicate.request())
              .whole("partition", duplicate.partition())
              .whole("offset", duplicate.offset());
      case Completion.Paired paired ->
          out.text("type", "paired")
              .text("request", paired.request())
              .whole("attempt", paired.attempt())
              .allObjects("tokens", paired.tokens(), CompletionJson::writePairedToken)
              .object("ended", paired.ended(), CompletionJson::writeHalfEnd);
    }
  }

  private static Completion.PairedToken readPairedToken(JsonIn in) {
    return new Completion.PairedToken(
        in.integer("index"),
        in.integer("id"),
        in.text("text"),
        in.number("logprob"),
        in.flag("differs", false),
        in.optionalNumber("codes"),
        in.optionalNumber("divergence"));
  }

  private static void writePairedToken(JsonOut out, Completion.PairedToken token) {
    out.whole("index", token.index())
        .whole("id", token.id())
        .text("text", token.text())
        .number("logprob", token.logprob());
    if (token.differs()) {
      out.flag("differs", true);
    }
    out.number("codes", token.codes()).number("divergence", token.divergence());
  }

  private static Completion.RuleCost readCost(JsonIn in) {
    return new Completion.RuleCost(
        in.text("rule"), in.integer("positions"), in.whole("slots"), in.number("micros"));
  }

  private static void writeCost(JsonOut out, Completion.RuleCost cost) {
    out.text("rule", cost.rule())
        .whole("positions", cost.positions())
        .whole("slots", cost.slots())
        .number("micros", cost.micros());
  }

  private static Completion.HalfEnd readHalfEnd(JsonIn in) {
    return new Completion.HalfEnd(
        in.word("half", Completion.Half.class),
        in.word("reason", Completion.Reason.class),
        in.optionalText("detail"),
        in.texts("tags"));
  }

  private static void writeHalfEnd(JsonOut out, Completion.HalfEnd end) {
    out.word("half", end.half())
        .word("reason", end.reason())
        .text("detail", end.detail())
        .texts("tags", end.tags());
  }

  private static void writeStarted(JsonOut out, Completion.Started started) {
    out.text("type", "started")
        .text("request", started.request())
        .text("model", started.model())
        .text("modelHash", started.modelHash())
        .text("numericClass", started.numericClass())
        .text("worker", started.worker())
        .whole("attempt", started.attempt())
        .allIntegers("promptTokens", started.promptTokens())
        .whole("promptRevision", started.promptRevision())
        .textMap("topicIds", started.topicIds())
        .whole("resumedAt", started.resumedAt())
        .object("session", started.session(), CompletionJson::writeTurn);
  }

  private static Completion.SessionTurn readTurn(JsonIn in) {
    return new Completion.SessionTurn(
        in.text("session"),
        in.integer("turn"),
        in.integer("contextTokens"),
        in.optionalText("previous"));
  }

  private static void writeTurn(JsonOut out, Completion.SessionTurn turn) {
    out.text("session", turn.session())
        .whole("turn", turn.turn())
        .whole("contextTokens", turn.contextTokens())
        .text("previous", turn.previous());
  }

  private static Completion.Token readToken(JsonIn in) {
    return new Completion.Token(
        in.integer("index"),
        in.integer("id"),
        in.text("text"),
        in.number("logprob"),
        in.objects("topLogprobs", CompletionJson::readAlternative),
        in.whole("revision"),
        in.flag("steered", false));
  }

  private static Completion.Alternative readAlternative(JsonIn in) {
    return new Completion.Alternative(in.integer("id"), in.text("text"), in.number("logprob"));
  }

  private static void writeAlternative(JsonOut out, Completion.Alternative alternative) {
    out.whole("id", alternative.id())
        .text("text", alternative.text())
        .number("logprob", alternative.logprob());
  }

  private static Completion.PromptToken readPromptToken(JsonIn in) {
    return new Completion.PromptToken(
        in.integer("id"),
        in.text("text"),
        in.optionalNumber("logprob"),
        in.objects("topLogprobs", CompletionJson::readAlternative));
  }

  private static void writePromptToken(JsonOut out, Completion.PromptToken token) {
    out.whole("id", token.id())
        .text("text", token.text())
        .number("logprob", token.logprob())
        .objects("topLogprobs", token.topLogprobs(), CompletionJson::writeAlternative);
  }

  private static void writeToken(JsonOut out, Completion.Token token) {
    out.whole("index", token.index())
        .whole("id", token.id())
        .text("text", token.text())
        .number("logprob", token.logprob())
        .objects("topLogprobs", token.topLogprobs(), CompletionJson::writeAlternative)
        .whole("revision", token.revision());
    if (token.steered()) {
      out.flag("steered", true);
    }
  }

  /// Reads an acknowledgement.
  public static RuleAck readAck(JsonIn in) {
    return new RuleAck(
        in.word("kind", RuleAck.Kind.class),
        in.text("subject"),
        in.word("subjectKind", RuleAck.SubjectKind.class),
        in.whole("revision"),
        in.optionalText("request"),
        in.optionalInteger("tokenIndex"),
        in.text("worker"),
        in.has("refusal") ? Optional.of(in.word("refusal", Refusal.class)) : Optional.empty(),
        in.optionalText("detail"));
  }

  /// Writes an acknowledgement.
  public static void writeAck(JsonOut out, RuleAck ack) {
    out.word("kind", ack.kind())
        .text("subject", ack.subject())
        .word("subjectKind", ack.subjectKind())
        .whole("revision", ack.revision())
        .text("request", ack.request())
        .whole("tokenIndex", ack.tokenIndex())
        .text("worker", ack.worker());
    ack.refusal().ifPresent(refusal -> out.word("refusal", refusal));
    out.text("detail", ack.detail());
  }
}
