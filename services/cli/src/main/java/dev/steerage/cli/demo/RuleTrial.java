package dev.steerage.cli.demo;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.Event;
import dev.steerage.cli.log.Feed;
import dev.steerage.cli.rule.RuleLog;
import dev.steerage.cli.rule.RuleText;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.schemas.json.Words;
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.schemas.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Rules that are in force for the time of one act: published, their acknowledgements read, and
/// removed again. For one thread.
final class RuleTrial implements AutoCloseable {
  private final RuleLog rules;
  private final Feed<RuleAck> acks;
  private final Set<String> ids = new HashSet<>();
  private final List<RuleAck> applied = new ArrayList<>();
  private final List<Long> revisions = new ArrayList<>();
  private long publishedNs;

  RuleTrial(Stage stage) {
    rules = new RuleLog(stage.log(), stage.tenant());
    acks = stage.log().follow(Topics.RULE_ACKS.of(stage.tenant()), Feed.From.NOW);
  }

  /// Publishes them, one record each.
  void publish(List<Rule> all) {
    publishedNs = System.nanoTime();
    all.forEach(rule -> ids.add(rule.id()));
    revisions.addAll(rules.putAll(all.stream().map(RuleChange.RulePut::new).toList()));
  }

  /// Reads what has come; the acknowledgements of rules acting on `request` that are new.
  ///
  /// @throws CliException if a rule was refused
  List<RuleAck> poll(String request) {
    List<RuleAck> fresh = new ArrayList<>();
    for (Event<RuleAck> event : acks.poll(Duration.ZERO)) {
      Optional<RuleAck> ack = event.value().value().filter(value -> ids.contains(value.subject()));
      if (ack.isPresent()) {
        take(ack.get(), request, fresh);
      }
    }
    applied.addAll(fresh);
    return fresh;
  }

  private static void take(RuleAck ack, String request, List<RuleAck> fresh) {
    switch (ack.kind()) {
      case APPLIED -> {
        if (ack.request().filter(request::equals).isPresent()) {
          fresh.add(ack);
        }
      }
      case REFUSED ->
          throw new CliException(
              ExitCode.REFUSED,
              RuleText.of(ack) + ack.refusal().map(why -> " " + Words.of(why)).orElse(""));
      case ACCEPTED, EXPIRED -> {
        // Accepted is not yet acting.
      }
    }
  }

  /// The acknowledgements so far of rules acting on a request.
  List<RuleAck> applied() {
    return applied;
  }

  /// Time since the rules were published.
  double publishedMsAgo() {
    return (System.nanoTime() - publishedNs) / 1e6;
  }

  /// Revisions of the first and the last rule, as text.
  String revisions() {
    return revisions.size() == 1
        ? "revision " + revisions.getFirst()
        : "revisions " + revisions.getFirst() + " to " + revisions.getLast();
  }

  @Override
  public void close() {
    rules.putAll(ids.stream().map(id -> new RuleChange.RuleRemoved(id, Stage.AUTHOR)).toList());
    acks.close();
  }
}
