package dev.steerage.cli.rule;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.Event;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.log.Feed;
import dev.steerage.domain.steering.RequestFacts;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.Prompt;
import dev.steerage.schemas.topic.Topic;
import dev.steerage.schemas.topic.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Requests that were started and have not ended, with what a rule can match of them.
public final class RunningRequests {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private RunningRequests() {}

  /// Reads them from the tenant's completions and prompts.
  public static List<RequestFacts> read(EventLog log, TenantId tenant) {
    Map<String, Completion.Started> running = new TreeMap<>();
    each(
        log,
        Topics.COMPLETIONS.of(tenant),
        event -> event.value().value().ifPresent(completion -> note(completion, running)));
    if (running.isEmpty()) {
      return List.of();
    }
    Map<String, Prompt> prompts = new HashMap<>();
    each(
        log,
        Topics.PROMPTS.of(tenant),
        event ->
            event
                .value()
                .value()
                .ifPresent(
                    prompt ->
                        prompts.put(
                            prompt.request().orElse(event.partition() + "-" + event.offset()),
                            prompt)));
    return running.values().stream()
        .map(started -> facts(started, Optional.ofNullable(prompts.get(started.request()))))
        .toList();
  }

  private static RequestFacts facts(Completion.Started started, Optional<Prompt> prompt) {
    return new RequestFacts(
        started.request(),
        prompt.flatMap(Prompt::session),
        prompt.map(Prompt::labels).orElse(Map.of()),
        started.model(),
        started.promptTokens().size(),
        prompt.map(Prompt::standingRules).orElse(true));
  }

  private static void note(Completion completion, Map<String, Completion.Started> running) {
    switch (completion) {
      case Completion.Started started -> running.put(started.request(), started);
      case Completion.Finished finished -> running.remove(finished.request());
      case Completion.Tokens _, Completion.Paired _, Completion.Duplicate _ -> {
        // Nothing begins or ends.
      }
    }
  }

  /// Every record of a topic up to its end, from the beginning.
  public static <V> void each(EventLog log, Topic<String, V> topic, Consumer<Event<V>> sink) {
    try (Feed<V> feed = log.follow(topic, Feed.From.START)) {
      long deadline = System.nanoTime() + LIMIT.toNanos();
      while (!feed.isCaughtUp()) {
        if (System.nanoTime() > deadline) {
          throw new CliException(
              ExitCode.TIMEOUT, topic.name() + " not read in " + LIMIT.toSeconds() + " s");
        }
        feed.poll(POLL).forEach(sink);
      }
    }
  }
}
