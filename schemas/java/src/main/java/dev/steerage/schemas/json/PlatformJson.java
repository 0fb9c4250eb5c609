package dev.steerage.schemas.json;

import dev.steerage.domain.rule.RuleQuota;
import dev.steerage.schemas.message.Alert;
import dev.steerage.schemas.message.CodeStatistics;
import dev.steerage.schemas.message.ModelCard;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.schemas.message.SessionState;
import dev.steerage.schemas.message.TenantQuota;

/// What the platform says: models, statistics, alerts, sessions.
public final class PlatformJson {
  private PlatformJson() {}

  /// Reads a model card.
  public static ModelCard readModel(JsonIn in) {
    return new ModelCard(
        in.text("model"),
        in.text("hash"),
        in.text("numericClass"),
        in.integer("vocabulary"),
        in.integer("maxPositions"),
        in.integer("maxBatch"),
        in.integer("bosToken"),
        in.text("tokenizer"),
        in.objects(
            "sites",
            site ->
                new ModelCard.SiteCard(
                    site.text("site"),
                    site.integer("codes"),
                    site.integer("activeCodes"),
                    site.integer("width"))),
        in.texts("workers"));
  }

  /// Writes a model card.
  public static void writeModel(JsonOut out, ModelCard card) {
    out.text("model", card.model())
        .text("hash", card.hash())
        .text("numericClass", card.numericClass())
        .whole("vocabulary", card.vocabulary())
        .whole("maxPositions", card.maxPositions())
        .whole("maxBatch", card.maxBatch())
        .whole("bosToken", card.bosToken())
        .text("tokenizer", card.tokenizer())
        .allObjects(
            "sites",
            card.sites(),
            (site, value) ->
                site.text("site", value.site())
                    .whole("codes", value.codes())
                    .whole("activeCodes", value.activeCodes())
                    .whole("width", value.width()))
        .texts("workers", card.workers());
  }

  /// Reads the statistics of one site and window.
  public static CodeStatistics readStatistics(JsonIn in) {
    return new CodeStatistics(
        in.text("model"),
        in.text("site"),
        in.whole("windowMs"),
        in.whole("windowStartMs"),
        in.flag("complete", false),
        in.whole("positions"),
        in.whole("activations"),
        in.whole("steeredActivations"),
        in.integer("codes"),
        in.integer("distinct"),
        in.number("entropyNats"),
        in.number("deadShare"),
        in.number("drift"),
        in.objects(
            "top", top -> new CodeStatistics.CodeCount(top.integer("code"), top.whole("count"))));
  }

  /// Writes the statistics of one site and window.
  public static void writeStatistics(JsonOut out, CodeStatistics statistics) {
    out.text("model", statistics.model())
        .text("site", statistics.site())
        .whole("windowMs", statistics.windowMs())
        .whole("windowStartMs", statistics.windowStartMs())
        .flag("complete", statistics.complete())
        .whole("positions", statistics.positions())
        .whole("activations", statistics.activations())
        .whole("steeredActivations", statistics.steeredActivations())
        .whole("codes", statistics.codes())
        .whole("distinct", statistics.distinct())
        .number("entropyNats", statistics.entropyNats())
        .number("deadShare", statistics.deadShare())
        .number("drift", statistics.drift())
        .allObjects(
            "top",
            statistics.top(),
            (top, value) -> top.whole("code", value.code()).whole("count", value.count()));
  }

  /// Reads an alert.
  public static Alert readAlert(JsonIn in) {
    return new Alert(
        in.text("alert"),
        in.text("kind"),
        in.text("severity"),
        in.text("message"),
        in.whole("atMs"),
        in.textMap("facts"));
  }

  /// Writes an alert.
  public static void writeAlert(JsonOut out, Alert alert) {
    out.text("alert", alert.alert())
        .text("kind", alert.kind())
        .text("severity", alert.severity())
        .text("message", alert.message())
        .whole("atMs", alert.atMs())
        .textMap("facts", alert.facts());
  }

  /// Reads what a session has come to.
  public static SessionState readSession(JsonIn in) {
    return new SessionState(
        in.text("tenant"),
        in.text("session"),
        in.integer("turn"),
        in.text("request"),
        in.integers("tokens"),
        in.whole("finishedMs"));
  }

  /// Writes what a session has come to.
  public static void writeSession(JsonOut out, SessionState state) {
    out.text("tenant", state.tenant())
        .text("session", state.session())
        .whole("turn", state.turn())
        .text("request", state.request())
        .allIntegers("tokens", state.tokens())
        .whole("finishedMs", state.finishedMs());
  }

  /// Reads what a tenant may use.
  public static TenantQuota readQuota(JsonIn in) {
    try {
      return new TenantQuota(
          in.text("tenant"),
          in.integer("weight", 1),
          in.optionalNumber("tokensPerSecond"),
          in.optionalInteger("concurrentRequests"),
          in.optionalInteger("capturedSites"),
          new RuleQuota(
              in.objects(
                  "rules",
                  step -> new RuleQuota.Step(step.whole("fromMs"), step.optionalInteger("most")))));
    } catch (IllegalArgumentException e) {
      throw new BadJson(Refusal.BAD_NUMBER, e.getMessage());
    }
  }

  /// Writes what a tenant may use.
  public static void writeQuota(JsonOut out, TenantQuota quota) {
    out.text("tenant", quota.tenant())
        .whole("weight", quota.weight())
        .number("tokensPerSecond", quota.tokensPerSecond())
        .whole("concurrentRequests", quota.concurrentRequests())
        .whole("capturedSites", quota.capturedSites())
        .objects(
            "rules",
            quota.rules().steps(),
            (one, step) -> one.whole("fromMs", step.fromMs()).whole("most", step.most()));
  }
}
