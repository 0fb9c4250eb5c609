package dev.steerage.gateway.api;

import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.gateway.event.LogRecord;
import dev.steerage.schemas.json.CompletionJson;
import dev.steerage.schemas.json.Json;
import dev.steerage.schemas.json.JsonOut;
import dev.steerage.schemas.json.PlatformJson;
import dev.steerage.schemas.json.RuleJson;
import dev.steerage.schemas.message.Alert;
import dev.steerage.schemas.message.CodeStatistics;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.schemas.sbe.ActivationsDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What records are in an event stream.
final class Frames {
  private Frames() {}

  /// The name and data of an event.
  record Frame(String name, byte[] data) {}

  /// The event of a record; empty: it cannot be read, or has none of the sites.
  ///
  /// @param sites of codes; empty: all
  static Optional<Frame> of(LogRecord<?> record, List<Site> sites) {
    if (record.value().isEmpty()) {
      return Optional.empty();
    }
    return switch (record.value().get()) {
      case Completion completion ->
          Optional.of(
              new Frame(
                  name(completion), Json.write(out -> CompletionJson.write(out, completion))));
      case RuleAck ack ->
          Optional.of(new Frame("ack", Json.write(out -> CompletionJson.writeAck(out, ack))));
      case CodeStatistics window ->
          Optional.of(
              new Frame(
                  "statistics", Json.write(out -> PlatformJson.writeStatistics(out, window))));
      case Alert alert ->
          Optional.of(new Frame("alert", Json.write(out -> PlatformJson.writeAlert(out, alert))));
      case RuleChange change ->
          Optional.of(new Frame("rule", Json.write(out -> rule(out, record, change))));
      case byte[] activations -> codes(activations, sites);
      default -> throw new IllegalStateException("no event for " + record.kind());
    };
  }

  private static String name(Completion completion) {
    return switch (completion) {
      case Completion.Started _ -> "started";
      case Completion.Tokens _ -> "tokens";
      case Completion.Paired _ -> "paired";
      case Completion.Finished _ -> "finished";
      case Completion.Duplicate _ -> "duplicate";
    };
  }

  private static void rule(JsonOut out, LogRecord<?> record, RuleChange change) {
    out.whole("revision", record.offset())
        .whole("atMs", record.timeMs())
        .object("change", object -> RuleJson.writeChange(object, change));
  }

  private static Optional<Frame> codes(byte[] bytes, List<Site> sites) {
    var in = new ActivationsDecoder();
    if (in.wrap(bytes).isPresent()) {
      return Optional.empty();
    }
    List<Integer> wanted = new ArrayList<>();
    for (int site = 0; site < in.sites(); site++) {
      if (sites.isEmpty() || sites.contains(in.site(site))) {
        wanted.add(site);
      }
    }
    return wanted.isEmpty()
        ? Optional.empty()
        : Optional.of(new Frame("codes", Json.write(out -> codes(out, in, wanted))));
  }

  private static void codes(JsonOut out, ActivationsDecoder in, List<Integer> wanted) {
    List<Integer> positions = new ArrayList<>();
    for (int i = 0; i < in.positions(); i++) {
      positions.add(i);
    }
    List<Integer> overwritten = new ArrayList<>();
    for (int i = 0; i < in.overwritten(); i++) {
      if (siteOf(in, wanted, in.overwrittenSiteIndex(i)).isPresent()) {
        overwritten.add(i);
      }
    }
    out.text("request", in.request())
        .text("model", in.model())
        .allTexts("sites", wanted.stream().map(in::site).toList())
        .allObjects(
            "positions",
            positions,
            (position, i) ->
                position
                    .whole("position", in.firstPosition() + i)
                    .whole("token", in.token(i))
                    .allIntegerLists(
                        "codes", wanted.stream().map(site -> slots(in, i, site)).toList()))
        .objects(
            "overwritten",
            overwritten,
            (slot, i) ->
                slot.whole("position", in.overwrittenPosition(i))
                    .text(
                        "site",
                        siteOf(in, wanted, in.overwrittenSiteIndex(i)).orElseThrow().toString())
                    .whole("slot", in.overwrittenSlot(i))
                    .whole("effective", in.overwrittenEffective(i))
                    .text("rule", in.overwrittenRule(i)));
  }

  /// The codes of a site at the `i`th position of a message.
  static List<Integer> slots(ActivationsDecoder in, int i, int site) {
    List<Integer> codes = new ArrayList<>(in.slots(site));
    for (int slot = 0; slot < in.slots(site); slot++) {
      codes.add(in.code(i, site, slot));
    }
    return codes;
  }

  private static Optional<Site> siteOf(ActivationsDecoder in, List<Integer> wanted, int siteIndex) {
    for (int site : wanted) {
      if (in.siteIndex(site) == siteIndex) {
        return Optional.of(in.site(site));
      }
    }
    return Optional.empty();
  }
}
