package dev.steerage.cli.demo;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.automaton.NextState;
import dev.steerage.cli.automaton.StateSteering;
import dev.steerage.cli.automaton.Step;
import dev.steerage.cli.automaton.StepCodes;
import dev.steerage.cli.automaton.Walks;
import dev.steerage.cli.prompt.Requests;
import dev.steerage.cli.terminal.Style;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.automaton.Automaton;
import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.schemas.message.ModelCard;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// Finds the codes of one state of an automaton in running text and makes a running request believe
/// that it is in that state. No state and no code is written here.
final class AutomatonDemo {
  private static final int WALKS = 96;
  private static final int MAX_WALK_STATES = 60;
  private static final int CONTEXTS = 8;
  private static final int CONTEXT_STATES = 10;
  private static final int SHOWN_CODES = 6;

  private final Stage stage;
  private final Terminal terminal;
  private final ModelCard card;
  private final Automaton automaton;
  private final int target;

  AutomatonDemo(Stage stage, ModelCard card, Automaton automaton, int target) {
    this.stage = stage;
    this.terminal = stage.terminal();
    this.card = card;
    this.automaton = automaton;
    this.target = target;
  }

  void play(RandomGenerator random) {
    terminal.line(
        terminal.styled(
            Style.STRONG,
            "%s: %d states, %d sites, steering towards state %s"
                .formatted(
                    card.model(),
                    automaton.states(),
                    card.sites().size(),
                    automaton.text(target))));
    Walks.Found found = watch(random);
    List<Site> sites = found.codes().sites();
    if (found.codes().codes(new Step(target, ""), sites).isEmpty()) {
      throw new CliException(
          ExitCode.REFUSED, "state " + automaton.text(target) + " did not come up in the prompts");
    }
    StepCodes.Evidence best = showCodes(found.codes(), sites);
    StateSteering all = StateSteering.towards(target, automaton, found.codes(), sites);
    new RunningWalk(stage, card.model(), automaton, target, found.alphabet()).play(all, random);
    measure(found, all, StateSteering.lastDigitOnly(List.of(best.code())), best.code(), random);
  }

  private Walks.Found watch(RandomGenerator random) {
    int states = Math.min(MAX_WALK_STATES, (card.maxPositions() - 2) / automaton.digits());
    List<List<Integer>> walks = new ArrayList<>();
    for (int i = 0; i < WALKS; i++) {
      walks.add(automaton.walk(random.nextInt(automaton.states()), states, random));
    }
    terminal.line("");
    terminal.line(
        "1. Watch: %d prompts of %d states each, their codes read live.".formatted(WALKS, states));
    long startNs = System.nanoTime();
    Walks.Found found =
        new Walks(stage.log(), stage.tenant(), card.model(), automaton)
            .run(stage.run() + "-walk", walks);
    terminal.line(
        "   %,d positions and %,d code activations in %.1f s"
            .formatted(
                found.positions(),
                found.positions() * card.sites().stream().mapToLong(s -> s.activeCodes()).sum(),
                (System.nanoTime() - startNs) / 1e9));
    return found;
  }

  private StepCodes.Evidence showCodes(StepCodes codes, List<Site> sites) {
    Step step = new Step(target, "");
    terminal.line("");
    terminal.line(
        "2. Find: the code that fires most at each site when state %s is complete (seen %d times)."
            .formatted(automaton.text(target), codes.occurrences(step)));
    List<StepCodes.Evidence> evidence =
        codes.codes(step, sites).stream()
            .map(code -> codes.evidence(step, code))
            .sorted(
                Comparator.comparingDouble(StepCodes.Evidence::balance)
                    .reversed()
                    .thenComparing(StepCodes.Evidence::code))
            .toList();
    Table table = Table.of("   code", ">fires there", ">of its firings");
    evidence.stream()
        .limit(SHOWN_CODES)
        .forEach(
            each ->
                table.row(
                    "   " + each.code(),
                    each.here() + " of " + each.occurrences(),
                    "%.0f %%".formatted(100 * each.precision())));
    table.print(terminal);
    if (evidence.size() > SHOWN_CODES) {
      terminal.line("   and %d more, less telling".formatted(evidence.size() - SHOWN_CODES));
    }
    return evidence.getFirst();
  }

  private void measure(
      Walks.Found found, StateSteering all, StateSteering one, Code code, RandomGenerator random) {
    List<List<Integer>> contexts = new ArrayList<>();
    for (int i = 0; i < CONTEXTS; i++) {
      int first = random.nextInt(automaton.states());
      contexts.add(automaton.walk(first, CONTEXT_STATES, random));
    }
    List<Integer> successors = automaton.after(target);
    List<StateSteering> cases = List.of(StateSteering.NONE, one, all);
    List<NextState.Question> questions = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      for (int j = 0; j < CONTEXTS; j++) {
        String id = stage.run() + "-ask-" + i + "-" + j;
        questions.add(new NextState.Question(id, contexts.get(j), cases.get(i), successors));
      }
    }
    List<Map<Integer, Double>> answers;
    try (Requests requests = Requests.open(stage.log(), stage.tenant())) {
      answers =
          new NextState(requests, card.model(), card.vocabulary(), automaton, found.alphabet())
              .ask(questions, _ -> {});
    }
    terminal.line("");
    terminal.line(
        "4. Measure: exact probability of each next state, mean of %d contexts of %d states."
            .formatted(CONTEXTS, CONTEXT_STATES));
    new Distribution(terminal, automaton, target)
        .show(mean(answers, 0), mean(answers, 1), mean(answers, 2), code);
  }

  private static Map<Integer, Double> mean(List<Map<Integer, Double>> answers, int part) {
    Map<Integer, Double> mean = new HashMap<>();
    for (Map<Integer, Double> answer : answers.subList(part * CONTEXTS, (part + 1) * CONTEXTS)) {
      answer.forEach((state, chance) -> mean.merge(state, chance / CONTEXTS, Double::sum));
    }
    return mean;
  }
}
