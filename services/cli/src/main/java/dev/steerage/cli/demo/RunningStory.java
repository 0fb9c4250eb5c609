package dev.steerage.cli.demo;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.prompt.RequestRun;
import dev.steerage.cli.prompt.Requests;
import dev.steerage.cli.terminal.Printable;
import dev.steerage.cli.terminal.Style;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.cli.topic.Story;
import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.rule.Action;
import dev.steerage.domain.rule.CodeSelection;
import dev.steerage.domain.rule.Match;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.Until;
import dev.steerage.domain.rule.When;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.Prompt;
import dev.steerage.schemas.message.RuleAck;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The same story twice, from the same seed: one is left alone, the other steered while it runs.
final class RunningStory {
  private static final String OPENING = "Once upon a time,";
  private static final double PACE = 20;
  private static final double TEMPERATURE = 0.7;
  private static final int MAX_TOKENS = 120;
  private static final int UNSTEERED_TOKENS = 24;
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Stage stage;
  private final Terminal terminal;
  private final String model;
  private final String topic;
  private int firstAffected = Integer.MAX_VALUE;

  RunningStory(Stage stage, String model, String topic) {
    this.stage = stage;
    this.terminal = stage.terminal();
    this.model = model;
    this.topic = topic;
  }

  void play(List<Code> codes) {
    terminal.line("");
    terminal.line(
        "6. Steer: two stories from one seed write %.0f tokens per second; a rule that activates"
            .formatted(PACE));
    terminal.line(
        "   these %d codes is published for the second while both run.".formatted(codes.size()));
    terminal.text("   " + OPENING);
    try (Requests requests = Requests.open(stage.log(), stage.tenant());
        RuleTrial trial = new RuleTrial(stage)) {
      RequestRun alone = requests.send(prompt(stage.run() + "-story-alone"));
      RequestRun steered = requests.send(prompt(stage.run() + "-story-steered"));
      requests.onTokens((run, fresh) -> show(run, steered, fresh));
      follow(requests, alone, steered, trial, rule(steered.request(), codes));
      terminal.line("");
      compare(alone, steered);
    }
  }

  private void show(RequestRun run, RequestRun steered, List<Completion.Token> fresh) {
    if (run != steered) {
      return;
    }
    for (Completion.Token token : fresh) {
      String text = Printable.line(token.text().replace('\n', ' '));
      terminal.text(token.steered() ? terminal.styled(Style.STEERED, text) : text);
    }
  }

  private void follow(
      Requests requests, RequestRun alone, RequestRun steered, RuleTrial trial, Rule rule) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    boolean published = false;
    while (!alone.isOver() || !steered.isOver()) {
      requests.poll(POLL);
      if (!published && steered.tokens().size() >= UNSTEERED_TOKENS) {
        trial.publish(List.of(rule));
        published = true;
      }
      for (RuleAck ack : trial.poll(steered.request())) {
        firstAffected = Math.min(firstAffected, ack.tokenIndex().orElse(Integer.MAX_VALUE));
        terminal.line("");
        terminal.line(
            terminal.styled(
                Style.GOOD,
                "   rule %s, %s: acknowledged after %.0f ms, first affected token %d"
                    .formatted(
                        rule.id(), trial.revisions(), trial.publishedMsAgo(), firstAffected)));
        terminal.text("   ");
      }
      if (System.nanoTime() > deadline) {
        throw new CliException(
            ExitCode.TIMEOUT, "stories did not end, limit=" + LIMIT.toSeconds() + " s");
      }
    }
    for (RequestRun run : List.of(alone, steered)) {
      if (!run.isComplete()) {
        throw new CliException(ExitCode.REFUSED, "request=" + run.request() + ": " + run.ending());
      }
    }
    if (firstAffected == Integer.MAX_VALUE) {
      throw new CliException(
          ExitCode.TIMEOUT,
          "no rule was acknowledged before request=" + steered.request() + " ended");
    }
  }

  private void compare(RequestRun alone, RequestRun steered) {
    terminal.line("");
    String before =
        steered.tokens().stream()
            .limit(firstAffected)
            .map(Completion.Token::text)
            .collect(Collectors.joining());
    String marked = OPENING + before + " >>> " + steered.text().substring(before.length());
    new Columns(terminal)
        .show("unsteered", OPENING + alone.text(), "steered (from >>> on)", marked);
    terminal.line(
        "   '%s' is said %d times unsteered, %d times steered"
            .formatted(
                topic,
                new Story(alone.text()).mentions(topic),
                new Story(steered.text()).mentions(topic)));
  }

  private Rule rule(String request, List<Code> codes) {
    return new Rule(
        stage.run() + "-" + topic.replaceAll("[^A-Za-z0-9]", "_"),
        model,
        0,
        new Match(Optional.of(request), Optional.empty(), Map.of(), 100),
        When.ALWAYS,
        List.of(new Action.Activate(new CodeSelection.Codes(codes), new Action.Slots.All())),
        Until.NEVER,
        Stage.AUTHOR);
  }

  private Prompt prompt(String request) {
    return Prompt.of(model)
        .request(request)
        .text(OPENING)
        .sampling(new Prompt.Sampling(TEMPERATURE, 0, 1, 1, stage.seed()))
        .maxTokens(MAX_TOKENS)
        .pace(PACE)
        .prompt();
  }
}
