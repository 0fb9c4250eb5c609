package dev.steerage.cli.experiment;

import dev.steerage.schemas.message.ModelCard;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// A run as a page of Markdown.
final class SteerStateReport {
  private SteerStateReport() {}

  static String markdown(ModelCard card, SteerStateProtocol protocol, SteerStateResult result) {
    StringBuilder page = new StringBuilder();
    page.append("# Steering a state: ").append(card.model()).append("\n\n");
    page.append(
        protocol.isPublished()
            ? "Protocol: [steer-state-protocol.md](steer-state-protocol.md), unchanged.\n\n"
            : "**Not the published protocol**: other pairs or another seed.\n\n");
    setting(page, card, protocol, result);
    page.append("\n| codes | sites | mass on the target's successors | 95 % interval |\n");
    page.append("|---|---|---|---|\n");
    for (Condition condition : Condition.values()) {
      SteerStateResult.Estimate estimate = result.mass().get(condition);
      page.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | %.3f | %.3f to %.3f |%n",
              condition.label(),
              condition.sites(),
              estimate.mean(),
              estimate.mean() - estimate.halfWidth(),
              estimate.mean() + estimate.halfWidth()));
    }
    page.append(
        String.format(
            Locale.ROOT,
            "%nThresholds: %.2f with all MLP sites, %.2f with all sites: %s.%n",
            SteerStateProtocol.MLP_THRESHOLD,
            SteerStateProtocol.ALL_THRESHOLD,
            result.isReached() ? "both reached" : "**missed**"));
    return page.toString();
  }

  private static void setting(
      StringBuilder page, ModelCard card, SteerStateProtocol protocol, SteerStateResult result) {
    page.append("| setting | |\n|---|---|\n");
    row(page, "date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    row(page, "model hash", "`" + card.hash() + "`");
    row(page, "numeric class", "`" + card.numericClass() + "`");
    row(
        page,
        "machine",
        "%s %s, %d cores, Java %s"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(),
                Runtime.version()));
    row(page, "pairs, seed", protocol.pairs() + ", " + protocol.seed());
    row(page, "positions that codes were found on", Long.toString(result.positions()));
    row(page, "steps of the targets never seen", Integer.toString(result.missingSteps()));
    row(page, "requests asked through Kafka", Integer.toString(result.requests()));
    row(page, "duration", result.duration().toSeconds() + " s, other load not controlled");
  }

  private static void row(StringBuilder page, String name, String value) {
    page.append("| ").append(name).append(" | ").append(value).append(" |\n");
  }
}
