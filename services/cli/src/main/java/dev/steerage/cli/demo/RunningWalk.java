package dev.steerage.cli.demo;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.automaton.Alphabet;
import dev.steerage.cli.automaton.StateSteering;
import dev.steerage.cli.prompt.RequestRun;
import dev.steerage.cli.prompt.Requests;
import dev.steerage.cli.terminal.Style;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.automaton.Automaton;
import dev.steerage.domain.rule.Match;
import dev.steerage.domain.rule.Rule;
import dev.steerage.schemas.message.Prompt;
import dev.steerage.schemas.message.RuleAck;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// A paced request that is steered while it runs.
final class RunningWalk {
  private static final double PACE = 16;
  private static final int MAX_TOKENS = 80;
  private static final int UNSTEERED_TOKENS = 24;
  private static final int STATES_PER_LINE = 16;
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Stage stage;
  private final Terminal terminal;
  private final String model;
  private final Automaton automaton;
  private final int target;
  private final Alphabet alphabet;
  private final StringBuilder digits = new StringBuilder();
  private int shown;
  private int onLine;
  private int firstAffected = Integer.MAX_VALUE;

  RunningWalk(Stage stage, String model, Automaton automaton, int target, Alphabet alphabet) {
    this.stage = stage;
    this.terminal = stage.terminal();
    this.model = model;
    this.automaton = automaton;
    this.target = target;
    this.alphabet = alphabet;
  }

  void play(StateSteering steering, RandomGenerator random) {
    String request = stage.run() + "-live";
    Match only = new Match(Optional.of(request), Optional.empty(), Map.of(), 100);
    List<Rule> rules = steering.standing(request, model, only, automaton, alphabet, Stage.AUTHOR);
    terminal.line("");
    terminal.line(
        "3. Steer: a request writes %.0f tokens per second; %d rules are published while it runs."
            .formatted(PACE, rules.size()));
    terminal.line("   A state that follows %s is marked *.".formatted(automaton.text(target)));
    int first = random.nextInt(automaton.states());
    try (Requests requests = Requests.open(stage.log(), stage.tenant());
        RuleTrial trial = new RuleTrial(stage)) {
      requests.onTokens((_, fresh) -> fresh.forEach(token -> show(token.text())));
      RequestRun run = requests.send(prompt(request, automaton.text(first)));
      follow(requests, run, trial, rules);
      newLine();
      summary(run);
    }
  }

  private void follow(Requests requests, RequestRun run, RuleTrial trial, List<Rule> rules) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    boolean published = false;
    while (!run.isOver()) {
      requests.poll(POLL);
      if (!published && run.tokens().size() >= UNSTEERED_TOKENS) {
        trial.publish(rules);
        published = true;
      }
      List<RuleAck> fresh = trial.poll(run.request());
      if (!fresh.isEmpty() && firstAffected == Integer.MAX_VALUE) {
        announce(fresh, trial, rules.size());
      }
      if (System.nanoTime() > deadline) {
        throw new CliException(
            ExitCode.TIMEOUT,
            "request=" + run.request() + " did not end, limit=" + LIMIT.toSeconds() + " s");
      }
    }
    if (!run.isComplete()) {
      throw new CliException(ExitCode.REFUSED, "request=" + run.request() + ": " + run.ending());
    }
  }

  private void announce(List<RuleAck> fresh, RuleTrial trial, int rules) {
    firstAffected =
        fresh.stream()
            .flatMapToInt(ack -> ack.tokenIndex().stream())
            .min()
            .orElse(Integer.MAX_VALUE);
    newLine();
    terminal.line(
        terminal.styled(
            Style.GOOD,
            "   %d rules, %s: acknowledged %.0f ms after the first was published,"
                    .formatted(rules, trial.revisions(), trial.publishedMsAgo())
                + " first affected token "
                + firstAffected));
  }

  private void show(String text) {
    digits.append(text);
    int width = automaton.digits();
    while (digits.length() >= (shown + 1) * width) {
      String state = digits.substring(shown * width, (shown + 1) * width);
      shown++;
      boolean hit = isSuccessor(state);
      terminal.text(onLine == 0 ? "   " : " ");
      terminal.text(hit ? terminal.styled(Style.STEERED, state + "*") : state + " ");
      onLine++;
      if (onLine == STATES_PER_LINE) {
        newLine();
      }
    }
  }

  private boolean isSuccessor(String state) {
    return state.chars().allMatch(c -> c >= '0' && c <= '9')
        && automaton.allows(target, Integer.parseInt(state));
  }

  private void newLine() {
    if (onLine > 0) {
      terminal.line("");
      onLine = 0;
    }
  }

  private void summary(RequestRun run) {
    if (firstAffected == Integer.MAX_VALUE) {
      throw new CliException(
          ExitCode.TIMEOUT, "no rule was acknowledged before request=" + run.request() + " ended");
    }
    int[] states = new int[2];
    int[] hits = new int[2];
    int width = automaton.digits();
    for (int token = 0; token + width <= digits.length(); token += width) {
      int part = token >= firstAffected ? 1 : 0;
      states[part]++;
      hits[part] += isSuccessor(digits.substring(token, token + width)) ? 1 : 0;
    }
    terminal.line(
        "   states that follow %s: %d of %d before, %d of %d after the first affected token"
            .formatted(automaton.text(target), hits[0], states[0], hits[1], states[1]));
  }

  private Prompt prompt(String request, String text) {
    return Prompt.of(model)
        .request(request)
        .text(text)
        .sampling(new Prompt.Sampling(1, 0, 1, 1, stage.seed()))
        .maxTokens(MAX_TOKENS)
        .pace(PACE)
        .prompt();
  }
}
