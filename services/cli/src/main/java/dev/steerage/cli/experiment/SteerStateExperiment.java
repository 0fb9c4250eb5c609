package dev.steerage.cli.experiment;

import dev.steerage.cli.automaton.NextState;
import dev.steerage.cli.automaton.StateSteering;
import dev.steerage.cli.automaton.Step;
import dev.steerage.cli.automaton.Walks;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.prompt.Requests;
import dev.steerage.domain.automaton.Automaton;
import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Component;
import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.ModelCard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/// Runs the protocol of `steer-state` through prompts with inline rules.
public final class SteerStateExperiment {
  private static final int PROGRESS_EVERY = 2_000;

  private final EventLog log;
  private final TenantId tenant;
  private final ModelCard card;
  private final Automaton automaton;
  private final SteerStateProtocol protocol;
  private final SplittableRandom walkRandom;
  private final SplittableRandom pairRandom;
  private final SplittableRandom controlRandom;

  public SteerStateExperiment(
      EventLog log,
      TenantId tenant,
      ModelCard card,
      Automaton automaton,
      SteerStateProtocol protocol) {
    this.log = log;
    this.tenant = tenant;
    this.card = card;
    this.automaton = automaton;
    this.protocol = protocol;
    SplittableRandom root = new SplittableRandom(protocol.seed());
    walkRandom = root.split();
    pairRandom = root.split();
    controlRandom = root.split();
  }

  /// A context and the state that the model is to believe in instead of its last one.
  private record Pair(List<Integer> context, int target, int other) {}

  /// Measures.
  ///
  /// @param id of the run; request ids begin with it
  /// @param note told how far it has come
  public SteerStateResult run(String id, Consumer<String> note) {
    long startNs = System.nanoTime();
    Walks.Found found = new Walks(log, tenant, card.model(), automaton).run(id + "-walk", walks());
    note.accept("codes found on %d positions".formatted(found.positions()));
    List<Pair> pairs = pairs();
    List<NextState.Question> questions = new ArrayList<>();
    for (Condition condition : Condition.values()) {
      for (int i = 0; i < pairs.size(); i++) {
        Pair pair = pairs.get(i);
        questions.add(
            new NextState.Question(
                id + "-" + condition.ordinal() + "-" + i,
                pair.context(),
                steering(condition, pair, found),
                automaton.after(pair.target())));
      }
    }
    int[] asked = {0};
    List<Map<Integer, Double>> answers;
    try (Requests requests = Requests.open(log, tenant)) {
      answers =
          new NextState(requests, card.model(), card.vocabulary(), automaton, found.alphabet())
              .ask(
                  questions,
                  done -> {
                    asked[0] = done;
                    if (done % PROGRESS_EVERY == 0) {
                      note.accept(done + " requests answered");
                    }
                  });
    }
    return new SteerStateResult(
        estimates(answers, pairs.size()),
        found.positions(),
        missing(pairs, found),
        asked[0],
        Duration.ofNanos(System.nanoTime() - startNs));
  }

  private List<List<Integer>> walks() {
    int states =
        Math.min(SteerStateProtocol.WALK_STATES, (card.maxPositions() - 2) / automaton.digits());
    List<List<Integer>> walks = new ArrayList<>();
    for (int i = 0; i < SteerStateProtocol.WALKS; i++) {
      walks.add(automaton.walk(walkRandom.nextInt(automaton.states()), states, walkRandom));
    }
    return walks;
  }

  private List<Pair> pairs() {
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < protocol.pairs(); i++) {
      List<Integer> context =
          automaton.walk(
              pairRandom.nextInt(automaton.states()),
              SteerStateProtocol.CONTEXT_STATES,
              pairRandom);
      int target = another(pairRandom, List.of(context.getLast()));
      pairs.add(
          new Pair(context, target, another(controlRandom, List.of(context.getLast(), target))));
    }
    return pairs;
  }

  private int another(SplittableRandom random, List<Integer> not) {
    while (true) {
      int state = random.nextInt(automaton.states());
      if (!not.contains(state)) {
        return state;
      }
    }
  }

  private StateSteering steering(Condition condition, Pair pair, Walks.Found found) {
    List<Site> sites =
        condition.isMlpOnly()
            ? found.codes().sites().stream()
                .filter(site -> site.component() == Component.MLP)
                .toList()
            : found.codes().sites();
    StateSteering target = StateSteering.towards(pair.target(), automaton, found.codes(), sites);
    return switch (condition) {
      case UNSTEERED -> StateSteering.NONE;
      case TARGET_MLP, TARGET_ALL -> target;
      case ONE_STEP_MLP, ONE_STEP_ALL ->
          StateSteering.lastDigitOnly(found.codes().codes(new Step(pair.target(), ""), sites));
      case RANDOM_MLP, RANDOM_ALL -> random(target);
      case OTHER_MLP, OTHER_ALL ->
          StateSteering.towards(pair.other(), automaton, found.codes(), sites);
    };
  }

  /// The same steps and sites with codes drawn uniformly.
  private StateSteering random(StateSteering like) {
    Map<Site, Integer> sizes = new HashMap<>();
    card.sites().forEach(site -> sizes.put(Site.parse(site.site()), site.codes()));
    Map<String, List<Code>> codes = new HashMap<>();
    for (String read : like.codes().keySet().stream().sorted().toList()) {
      codes.put(
          read,
          like.codes().get(read).stream()
              .map(Code::site)
              .map(site -> new Code(site, controlRandom.nextInt(sizes.get(site))))
              .toList());
    }
    return new StateSteering(codes);
  }

  private int missing(List<Pair> pairs, Walks.Found found) {
    return (int)
        pairs.stream()
            .flatMap(
                pair ->
                    automaton.prefixesAfter(pair.target()).stream()
                        .map(read -> new Step(pair.target(), read)))
            .distinct()
            .filter(step -> found.codes().occurrences(step) == 0)
            .count();
  }

  private static Map<Condition, SteerStateResult.Estimate> estimates(
      List<Map<Integer, Double>> answers, int pairs) {
    Map<Condition, SteerStateResult.Estimate> estimates = new EnumMap<>(Condition.class);
    for (Condition condition : Condition.values()) {
      double[] mass =
          answers.subList(condition.ordinal() * pairs, (condition.ordinal() + 1) * pairs).stream()
              .mapToDouble(answer -> answer.values().stream().mapToDouble(chance -> chance).sum())
              .toArray();
      estimates.put(condition, SteerStateResult.Estimate.of(mass));
    }
    return estimates;
  }
}
