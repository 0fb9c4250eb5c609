package dev.steerage.domain.steering;

import static dev.steerage.domain.rule.Rules.MODEL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.rule.RandomRules;
import dev.steerage.domain.rule.RuleBook;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.rule.RuleValidation;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RuleMeaningTest {
  private static final int RUNS = 1_500;
  private static final int POSITIONS = 80;
  private static final byte[][] TEXTS = {bytes("a"), bytes("b"), bytes("ca"), {}};
  private static final TokenBytes TEXT = token -> TEXTS[token];
  private static final RequestFacts FACTS =
      new RequestFacts("r", Optional.empty(), Map.of(), "m", 20);

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void shouldActWherePlainRulesDoWhateverTheRulesAndTheHistory() {
    long acted = 0;
    for (long seed = 0; seed < RUNS; seed++) {
      acted += new Run(seed).compare();
    }
    // Rules that never act would be compared in vain.
    assertThat(acted).isGreaterThan(RUNS * 20L);
  }

  /// One request under rules that change while it runs.
  private static final class Run {
    private final long seed;
    private final Random random;
    private final RandomRules rules;
    private final PlainRules plain = new PlainRules(TEXT);
    private final FiredHistory history = new FiredHistory(MODEL);
    private RuleBook book;
    private RuleCursor cursor;

    Run(long seed) {
      this.seed = seed;
      random = new Random(seed);
      rules = new RandomRules(random);
      List<Code> fire = List.of(code("L0.attn.H0", 1), code("L0.mlp", 2));
      book = RuleBook.empty().apply(0, new RuleChange.ConceptPut("fire", "m", fire, "tester"));
      for (int i = 0; i < 6; i++) {
        change();
      }
      cursor = new RuleCursor(program(), TEXT);
    }

    private RuleProgram program() {
      return RuleProgram.compile(book, List.of(), FACTS, MODEL);
    }

    /// Puts or removes a rule, if that may be.
    private void change() {
      String id = "r" + random.nextInt(8);
      RuleChange change =
          random.nextInt(4) == 0
              ? new RuleChange.RuleRemoved(id, "tester")
              : new RuleChange.RulePut(rules.rule(id));
      if (RuleValidation.check(book, change, MODEL).isEmpty()) {
        book = book.apply(book.revision() + 1, change);
      }
    }

    /// How often a rule acted.
    int compare() {
      int prompt = 1 + random.nextInt(30);
      int acted = 0;
      for (int position = 0; position < POSITIONS; position++) {
        if (random.nextInt(25) == 0) {
          change();
          cursor.follow(program());
        }
        if (random.nextInt(60) == 0) {
          lapse();
        }
        int token = random.nextInt(TEXTS.length);
        boolean generation = position >= prompt - 1;
        cursor.evaluate(position, token, generation, history);
        Set<String> expected = plain.acting(book, token, generation);
        assertThat(acting())
            .as("seed %d, position %d, %s", seed, position, book.rules())
            .isEqualTo(expected);
        acted += expected.size();
        choose(position);
      }
      return acted;
    }

    private void lapse() {
      RuleProgram program = cursor.program();
      if (program.size() > 0) {
        int index = random.nextInt(program.size());
        cursor.lapse(index);
        plain.lapse(program.rule(index).id());
      }
    }

    private Set<String> acting() {
      Set<String> ids = new TreeSet<>();
      for (int i = 0; i < cursor.program().size(); i++) {
        if (cursor.isActive(i)) {
          ids.add(cursor.program().rule(i).id());
        }
      }
      return ids;
    }

    private void choose(int position) {
      history.start(position);
      Set<Code> chosen = new HashSet<>();
      for (int slot = 0; slot < 3; slot++) {
        int code = random.nextInt(10);
        history.put(0, slot, code);
        chosen.add(code("L0.attn.H0", code));
      }
      int code = random.nextInt(20);
      history.put(1, 0, code);
      chosen.add(code("L0.mlp", code));
      plain.chose(chosen);
    }
  }

  private static Code code(String site, int id) {
    return new Code(Site.parse(site), id);
  }
}
