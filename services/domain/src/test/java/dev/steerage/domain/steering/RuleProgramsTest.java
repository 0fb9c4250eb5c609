package dev.steerage.domain.steering;

import static dev.steerage.domain.rule.Rules.MODEL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.rule.Action;
import dev.steerage.domain.rule.CodeSelection;
import dev.steerage.domain.rule.Match;
import dev.steerage.domain.rule.RandomRules;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleBook;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.rule.RuleValidation;
import dev.steerage.domain.rule.Rules;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RuleProgramsTest {
  private static final int RUNS = 300;
  private static final int REQUESTS = 5;
  private static final int POSITIONS = 50;
  private static final TokenBytes TEXT =
      token -> List.of("a", "b", "ca", "").get(token).getBytes(StandardCharsets.UTF_8);

  @Test
  void shouldDoWhatCompilingEveryRuleDoesWhateverTheRulesMatch() {
    long acted = 0;
    for (long seed = 0; seed < RUNS; seed++) {
      acted += new Run(seed).compare();
    }
    // Rules that never act would be compared in vain.
    assertThat(acted).isGreaterThan(RUNS * 50L);
  }

  @Test
  void shouldCompileARuleOnceForAllRequestsAndAgainOnlyBesideAChange() {
    RuleBook book = RuleBook.empty();
    for (int i = 0; i < 10; i++) {
      book = put(book, matching(Rules.rule("all" + i, 0, Rules.least(1)), Match.ALL));
      book = put(book, matching(Rules.rule("kids" + i, 0, Rules.least(1)), labels("kids")));
    }
    RulePrograms programs = new RulePrograms(MODEL);
    for (int i = 0; i < 100; i++) {
      assertThat(programs.program(book, List.of(), facts("r" + i, "s", Map.of())).size())
          .isEqualTo(10);
      assertThat(programs.program(book, List.of(), kids("r" + i)).size()).isEqualTo(20);
    }
    assertThat(programs.compiled()).isEqualTo(20);
    RuleBook next = put(book, matching(Rules.rule("kids3", 0, Rules.least(2)), labels("kids")));
    programs.program(next, List.of(), facts("r", "s", Map.of()));
    assertThat(programs.compiled()).isEqualTo(20);
    programs.program(next, List.of(), kids("r"));
    assertThat(programs.compiled()).isEqualTo(21);
    // So many changed that they are compiled together again.
    next = put(next, matching(Rules.rule("kids4", 0, Rules.least(2)), labels("kids")));
    programs.program(next, List.of(), kids("r"));
    assertThat(programs.compiled()).isEqualTo(31);
  }

  @Test
  void shouldCompileTheRulesOfAConceptThatChangedAndNoOthers() {
    RuleBook book = RuleBook.empty().apply(0, concept(1)).apply(1, other(1));
    for (int i = 0; i < 12; i++) {
      book = put(book, matching(Rules.rule("r" + i, 0, Rules.least(1)), Match.ALL));
    }
    book =
        put(
            book,
            matching(
                Rules.rule("fire", 0, new Action.Ban(new CodeSelection.Concept("fire"))),
                Match.ALL));
    RulePrograms programs = new RulePrograms(MODEL);
    RuleProgram before = programs.program(book, List.of(), facts("r", "s", Map.of()));
    RuleBook same = book.apply(book.revision() + 1, other(2));
    programs.program(same, List.of(), facts("r", "s", Map.of()), before);
    assertThat(programs.compiled()).isEqualTo(13);
    RuleBook next = same.apply(same.revision() + 1, concept(2));
    programs.program(next, List.of(), facts("r", "s", Map.of()), before);
    assertThat(programs.compiled()).isEqualTo(14);
  }

  private static RuleChange concept(int code) {
    return new RuleChange.ConceptPut(
        "fire", "m", List.of(new Code(Site.parse("L0.attn.H0"), code)), "tester");
  }

  private static RuleChange other(int code) {
    return new RuleChange.ConceptPut(
        "water", "m", List.of(new Code(Site.parse("L0.attn.H0"), code)), "tester");
  }

  private static RequestFacts kids(String request) {
    // No rule looks at the second one, so it does not matter that no other request has it.
    return facts(request, "s", Map.of("app", "kids", "user", request));
  }

  private static RequestFacts facts(String request, String session, Map<String, String> labels) {
    return new RequestFacts(request, Optional.of(session), labels, "m", 10);
  }

  private static Match labels(String app) {
    return new Match(Optional.empty(), Optional.empty(), Map.of("app", app), 100);
  }

  private static RuleBook put(RuleBook book, Rule rule) {
    return book.apply(book.revision() + 1, new RuleChange.RulePut(rule));
  }

  private static Rule matching(Rule rule, Match match) {
    return new Rule(
        rule.id(),
        rule.model(),
        rule.priority(),
        match,
        rule.when(),
        rule.actions(),
        rule.until(),
        rule.author());
  }

  /// Some requests of one tenant, whose rules change while they run.
  private static final class Run {
    private final long seed;
    private final Random random;
    private final RandomRules rules;
    private final RulePrograms programs = new RulePrograms(MODEL);
    private RuleBook book;

    Run(long seed) {
      this.seed = seed;
      random = new Random(seed);
      rules = new RandomRules(random);
      List<Code> fire = List.of(new Code(Site.parse("L0.attn.H0"), 1));
      book = RuleBook.empty().apply(0, new RuleChange.ConceptPut("fire", "m", fire, "tester"));
      for (int i = 0; i < 20; i++) {
        change();
      }
    }

    private Match match() {
      return new Match(
          random.nextInt(6) == 0 ? Optional.of("r" + random.nextInt(3)) : Optional.empty(),
          random.nextInt(6) == 0 ? Optional.of("s" + random.nextInt(3)) : Optional.empty(),
          random.nextInt(3) == 0 ? labelsOf(2) : Map.of(),
          random.nextInt(3) == 0 ? 50 : 100,
          random.nextInt(3) == 0);
    }

    private Map<String, String> labelsOf(int values) {
      Map<String, String> labels = Map.of("app", "a" + random.nextInt(values));
      return random.nextBoolean()
          ? labels
          : Map.of("app", labels.get("app"), "team", "t" + random.nextInt(values));
    }

    private void change() {
      String id = "r" + random.nextInt(16);
      RuleChange change =
          switch (random.nextInt(8)) {
            case 0 -> new RuleChange.RuleRemoved(id, "tester");
            case 1 ->
                new RuleChange.ConceptPut(
                    "fire",
                    "m",
                    List.of(new Code(Site.parse("L0.attn.H0"), random.nextInt(10))),
                    "tester");
            default -> new RuleChange.RulePut(matching(rules.rule(id), match()));
          };
      if (RuleValidation.check(book, change, MODEL).isEmpty()) {
        book = book.apply(book.revision() + 1, change);
      }
    }

    private List<Rule> inline() {
      List<Rule> inline = new ArrayList<>();
      for (int i = random.nextInt(3); i > 0; i--) {
        inline.add(matching(rules.rule("r" + random.nextInt(4)), match()));
      }
      return inline;
    }

    /// How often a rule acted.
    long compare() {
      long acted = 0;
      for (int i = 0; i < REQUESTS; i++) {
        RequestFacts facts = facts("r" + random.nextInt(3), "s" + random.nextInt(3), labelsOf(2));
        acted += compare(facts, inline());
      }
      return acted;
    }

    private long compare(RequestFacts facts, List<Rule> inline) {
      FiredHistory history = new FiredHistory(MODEL);
      RuleProgram plain = RuleProgram.compile(book, inline, facts, MODEL);
      RuleProgram program = programs.program(book, inline, facts);
      RuleCursor expected = new RuleCursor(plain, TEXT);
      RuleCursor cursor = new RuleCursor(program, TEXT);
      long acted = 0;
      for (int position = 0; position < POSITIONS; position++) {
        if (random.nextInt(12) == 0) {
          change();
          plain = RuleProgram.compile(book, inline, facts, MODEL);
          program = programs.program(book, inline, facts, program);
          expected.follow(plain);
          cursor.follow(program);
        }
        int token = random.nextInt(4);
        expected.evaluate(position, token, position >= 9, history);
        cursor.evaluate(position, token, position >= 9, history);
        assertThat(what(cursor))
            .as("seed %d, position %d", seed, position)
            .isEqualTo(what(expected));
        assertThat(program.needsHistory()).isEqualTo(plain.needsHistory());
        assertThat(program.unresolved()).containsExactlyInAnyOrderElementsOf(plain.unresolved());
        acted += what(cursor).size() - 1;
        history.start(position);
        history.put(0, 0, random.nextInt(10));
        history.put(1, 0, random.nextInt(20));
      }
      return acted;
    }

    /// The rules that act, in order, and what they do.
    private static List<String> what(RuleCursor cursor) {
      List<String> said = new ArrayList<>();
      RuleProgram program = cursor.program();
      List<Integer> inOrder =
          IntStream.range(0, program.size()).boxed().sorted(program::compare).toList();
      for (int i : inOrder) {
        if (cursor.isActive(i)) {
          said.add(
              program.rule(i).id()
                  + (program.isInline(i) ? " inline" : "")
                  + (cursor.isApplied(i) ? " applied" : "")
                  + (cursor.isExpired(i) ? " expired" : ""));
        }
      }
      InterventionPlan plan = cursor.plan();
      StringBuilder plans = new StringBuilder(plan.conflicts() + " " + plan.stoppedBy());
      for (int site = 0; site < plan.sites(); site++) {
        plans.append(' ').append(plan.at(site));
      }
      said.add(plans.toString());
      return said;
    }
  }
}
