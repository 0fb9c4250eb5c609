package dev.steerage.cli.command;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.Event;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.log.Feed;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.schemas.topic.TenantTopic;
import java.time.Duration;
import picocli.CommandLine.Option;

/// Shows the records of one topic until it is interrupted or has shown enough.
abstract class WatchVerb<V> extends Verb {
  private static final Duration POLL = Duration.ofMillis(200);

  @Option(names = "--from-start", description = "Begin with the oldest record that is kept.")
  private boolean fromStart;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Stop after this many lines. Default: never.")
  private Long limit;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "Stop after this long. Default: never.")
  private Double seconds;

  private final TenantTopic<String, V> topic;

  WatchVerb(TenantTopic<String, V> topic) {
    this.topic = topic;
  }

  /// Shows a record for people; the number of lines that were of interest.
  abstract int show(Terminal terminal, Event<V> event);

  /// Shows a record for programs; the number of lines that were of interest.
  int showJson(Terminal terminal, Event<V> event) {
    JsonLines.record(terminal, event);
    return 1;
  }

  @Override
  protected ExitCode run(Terminal terminal) {
    if (limit != null && limit < 1) {
      throw new CliException(ExitCode.USAGE, "--limit=" + limit + ", expected >= 1");
    }
    long endNs = seconds == null ? Long.MAX_VALUE : System.nanoTime() + (long) (seconds * 1e9);
    long lines = 0;
    try (EventLog log = connection().open();
        Feed<V> feed =
            log.follow(
                topic.of(connection().tenant()), fromStart ? Feed.From.START : Feed.From.NOW)) {
      while (System.nanoTime() < endNs && !Thread.currentThread().isInterrupted()) {
        for (Event<V> event : feed.poll(POLL)) {
          lines += connection().isJson() ? showJson(terminal, event) : show(terminal, event);
          if (limit != null && lines >= limit) {
            return ExitCode.OK;
          }
        }
      }
    }
    return ExitCode.OK;
  }
}
