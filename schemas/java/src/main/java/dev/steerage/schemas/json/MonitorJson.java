package dev.steerage.schemas.json;

import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.monitor.Bound;
import dev.steerage.domain.monitor.Measure;
import dev.steerage.domain.monitor.Monitor;
import dev.steerage.domain.monitor.MonitorLimits;
import dev.steerage.domain.monitor.MonitorScope;
import dev.steerage.domain.monitor.MonitorWindow;
import dev.steerage.domain.rule.Action;
import dev.steerage.domain.rule.CodeSelection;
import dev.steerage.schemas.message.MonitorEdge;
import dev.steerage.schemas.message.Refusal;
import java.util.Optional;

/// Monitors and their edges, as in `monitor.schema.json`.
public final class MonitorJson {
  private static final int DEFAULT_BASELINE = 2_000;
  private static final double DEFAULT_CONFIDENCE = 0.99;
  private static final double DEFAULT_LOSS_PERCENT = 10;

  private MonitorJson() {}

  /// Reads a monitor.
  public static Monitor read(JsonIn in) {
    String id = in.text("monitor");
    String model = in.text("model");
    MonitorWindow window = readWindow(in.object("window"));
    return new Monitor(
        id,
        model,
        readMeasure(in.object("measure")),
        window,
        readScope(in),
        readBound(in),
        in.integer("support", Monitor.DEFAULT_SUPPORT),
        in.whole("coolDownMs", Math.max(MonitorLimits.COOL_DOWN_MS, window.lengthMs())),
        in.has("severity") ? in.word("severity", Action.Severity.class) : Action.Severity.WARNING,
        in.optionalText("message"),
        in.optionalObject("then", then -> RuleJson.readBody(then, Monitor.ruleId(id), model)),
        in.text("author"));
  }

  /// Writes a monitor.
  public static void write(JsonOut out, Monitor monitor) {
    out.text("monitor", monitor.id())
        .text("model", monitor.model())
        .object("measure", measure -> writeMeasure(measure, monitor.measure()))
        .object("window", window -> writeWindow(window, monitor.window()));
    switch (monitor.scope()) {
      case MonitorScope.OfTenant() -> out.text("scope", "tenant");
      case MonitorScope.OfRequest() -> out.text("scope", "request");
      case MonitorScope.OfSession() -> out.text("scope", "session");
      case MonitorScope.OfLabel(String name) ->
          out.object("scope", scope -> scope.text("label", name));
    }
    monitor
        .bound()
        .ifPresent(
            bound ->
                out.number(bound.side() == Bound.Side.ABOVE ? "above" : "below", bound.value())
                    .number("clear", bound.clear()));
    out.whole("support", monitor.support())
        .whole("coolDownMs", monitor.coolDownMs())
        .word("severity", monitor.severity())
        .text("message", monitor.message())
        .object("then", monitor.then(), RuleJson::writeBody)
        .text("author", monitor.author());
  }

  private static Measure readMeasure(JsonIn in) {
    if (in.has("rate")) {
      return new Measure.Rate(RuleJson.selection(in, "rate"));
    }
    if (in.has("share")) {
      return new Measure.Share(RuleJson.selection(in, "share"));
    }
    if (in.has("absence")) {
      return new Measure.Absence(RuleJson.selection(in, "absence"));
    }
    if (in.has("coFiring")) {
      return new Measure.CoFiring(
          RuleJson.selection(in, "coFiring"), RuleJson.selection(in, "with"));
    }
    if (in.has("distinct")) {
      return new Measure.Distinct(site(in, "distinct"));
    }
    if (in.has("entropy")) {
      return new Measure.Entropy(site(in, "entropy"));
    }
    if (in.has("drift")) {
      return new Measure.Drift(
          site(in, "drift"),
          in.integer("baseline", DEFAULT_BASELINE),
          in.number("confidence", DEFAULT_CONFIDENCE));
    }
    if (in.has("stops")) {
      return new Measure.Stops(in.object("stops").optionalText("rule"));
    }
    if (in.has("alerts")) {
      return new Measure.Alerts(in.object("alerts").optionalText("rule"));
    }
    if (in.has("divergence")) {
      return new Measure.Divergence(in.object("divergence").optionalText("rule"));
    }
    if (in.has("loss")) {
      JsonIn loss = in.object("loss");
      return new Measure.Loss(
          loss.optionalText("rule"), loss.number("percent", DEFAULT_LOSS_PERCENT));
    }
    throw new BadJson(
        Refusal.MALFORMED,
        "measure: expected rate, share, absence, coFiring, distinct, entropy, drift, stops, alerts,"
            + " divergence or loss");
  }

  private static void writeMeasure(JsonOut out, Measure measure) {
    switch (measure) {
      case Measure.Rate(CodeSelection codes) -> RuleJson.writeSelection(out, "rate", codes);
      case Measure.Share(CodeSelection codes) -> RuleJson.writeSelection(out, "share", codes);
      case Measure.Absence(CodeSelection codes) -> RuleJson.writeSelection(out, "absence", codes);
      case Measure.CoFiring(CodeSelection codes, CodeSelection with) -> {
        RuleJson.writeSelection(out, "coFiring", codes);
        RuleJson.writeSelection(out, "with", with);
      }
      case Measure.Distinct(Site site) -> out.text("distinct", site.toString());
      case Measure.Entropy(Site site) -> out.text("entropy", site.toString());
      case Measure.Stops(Optional<String> rule) ->
          out.object("stops", stops -> stops.text("rule", rule));
      case Measure.Alerts(Optional<String> rule) ->
          out.object("alerts", alerts -> alerts.text("rule", rule));
      case Measure.Divergence(Optional<String> rule) ->
          out.object("divergence", divergence -> divergence.text("rule", rule));
      case Measure.Loss(Optional<String> rule, double percent) ->
          out.object("loss", loss -> loss.text("rule", rule).number("percent", percent));
      case Measure.Drift(Site site, int baseline, double confidence) ->
          out.text("drift", site.toString())
              .whole("baseline", baseline)
              .number("confidence", confidence);
    }
  }

  private static Site site(JsonIn in, String name) {
    try {
      return Site.parse(in.text(name));
    } catch (IllegalArgumentException e) {
      throw new BadJson(Refusal.UNKNOWN_SITE, e.getMessage());
    }
  }

  private static MonitorWindow readWindow(JsonIn in) {
    if (in.has("tumblingMs")) {
      return new MonitorWindow.Tumbling(in.whole("tumblingMs"));
    }
    if (in.has("hoppingMs")) {
      return new MonitorWindow.Hopping(in.whole("hoppingMs"), in.whole("everyMs"));
    }
    if (in.has("silenceMs")) {
      return new MonitorWindow.Silence(in.whole("silenceMs"));
    }
    throw new BadJson(Refusal.MALFORMED, "window: expected tumblingMs, hoppingMs or silenceMs");
  }

  private static void writeWindow(JsonOut out, MonitorWindow window) {
    switch (window) {
      case MonitorWindow.Tumbling(long length) -> out.whole("tumblingMs", length);
      case MonitorWindow.Hopping(long length, long every) ->
          out.whole("hoppingMs", length).whole("everyMs", every);
      case MonitorWindow.Silence(long gap) -> out.whole("silenceMs", gap);
    }
  }

  private static MonitorScope readScope(JsonIn in) {
    if (!in.has("scope")) {
      return new MonitorScope.OfTenant();
    }
    if (in.at("scope").isObject()) {
      return new MonitorScope.OfLabel(in.object("scope").text("label"));
    }
    return switch (in.text("scope")) {
      case "tenant" -> new MonitorScope.OfTenant();
      case "request" -> new MonitorScope.OfRequest();
      case "session" -> new MonitorScope.OfSession();
      default ->
          throw new BadJson(
              Refusal.MALFORMED, "scope: expected tenant, request, session or a label");
    };
  }

  private static Optional<Bound> readBound(JsonIn in) {
    if (in.has("above") == in.has("below")) {
      if (in.has("above")) {
        throw new BadJson(Refusal.MALFORMED, "expected above or below, not both");
      }
      return Optional.empty();
    }
    Bound.Side side = in.has("above") ? Bound.Side.ABOVE : Bound.Side.BELOW;
    double value = in.number(in.has("above") ? "above" : "below");
    return Optional.of(new Bound(side, value, in.number("clear", value)));
  }

  /// Reads an edge.
  public static MonitorEdge readEdge(JsonIn in) {
    return new MonitorEdge(
        in.text("tenant"),
        in.text("edge"),
        in.whole("atMs"),
        RuleJson.readChange(in.object("change")));
  }

  /// Writes an edge.
  public static void writeEdge(JsonOut out, MonitorEdge edge) {
    out.text("tenant", edge.tenant())
        .text("edge", edge.edge())
        .whole("atMs", edge.atMs())
        .object("change", change -> RuleJson.writeChange(change, edge.change()));
  }
}
