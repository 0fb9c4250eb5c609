package dev.steerage.cli.command;

import dev.steerage.cli.log.Event;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.schemas.message.CodeStatistics;
import dev.steerage.schemas.topic.Topics;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `watch statistics`.
@Command(
    name = "statistics",
    mixinStandardHelpOptions = true,
    description = "Watch windowed counts: window, site, activations, distinct, entropy, top codes.")
final class WatchStatisticsVerb extends WatchVerb<CodeStatistics> {
  private static final int TOP_SHOWN = 4;

  @Option(names = "--model", paramLabel = "NAME", description = "Only this model.")
  private String model;

  @Option(names = "--site", paramLabel = "SITE", description = "Only this site, e.g. L0.mlp.")
  private String site;

  WatchStatisticsVerb() {
    super(Topics.CODE_STATISTICS);
  }

  @Override
  int show(Terminal terminal, Event<CodeStatistics> event) {
    CodeStatistics window = event.value().value().orElse(null);
    if (window == null || isOther(window)) {
      return 0;
    }
    String top =
        window.top().stream()
            .limit(TOP_SHOWN)
            .map(count -> count.code() + "x" + count.count())
            .collect(Collectors.joining(" "));
    terminal.line(
        "%s +%ds %s  %-8s %-12s %8d fired  %5d of %d codes  %.2f nats  dead %4.1f %%  top %s"
            .formatted(
                Instant.ofEpochMilli(window.windowStartMs()).truncatedTo(ChronoUnit.SECONDS),
                window.windowMs() / 1000,
                window.complete() ? "closed" : "open  ",
                window.model(),
                window.site(),
                window.activations(),
                window.distinct(),
                window.codes(),
                window.entropyNats(),
                100 * window.deadShare(),
                top));
    return 1;
  }

  @Override
  int showJson(Terminal terminal, Event<CodeStatistics> event) {
    boolean other = event.value().value().map(this::isOther).orElse(model != null || site != null);
    return other ? 0 : super.showJson(terminal, event);
  }

  private boolean isOther(CodeStatistics window) {
    return model != null && !model.equals(window.model())
        || site != null && !site.equals(window.site());
  }
}
