package dev.steerage.schemas.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.domain.rule.RuleBook;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.rule.RuleProblem;
import dev.steerage.domain.rule.RuleValidation;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.schemas.topic.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RulesPageTest {
  private static final Pattern BLOCK =
      Pattern.compile("```json(?: refused: ([a-z-]+))?\n(.*?)```", Pattern.DOTALL);

  /// As large as the model that the page speaks of.
  private static final ModelShape STORIES =
      new ModelShape(
          "stories",
          List.of(
              new SiteShape(Site.parse("L0.attn.H13"), 500, 8, 16),
              new SiteShape(Site.parse("L1.mlp"), 500, 8, 64)),
          4_000,
          512);

  private static final RuleBook BOOK =
      RuleBook.empty()
          .apply(
              0,
              new RuleChange.ConceptPut(
                  "fire", "stories", List.of(Code.parse("L1.mlp:12")), "test"));

  @Test
  void shouldShowOnlyRulesThatAreTakenOrRefusedAsItSays() throws IOException {
    assertThat(reasons("RULES.md"))
        .contains("taken", "contradiction", "malformed")
        .hasSizeGreaterThan(15);
  }

  @Test
  void shouldShowOnlyMonitorsThatAreTakenOrRefusedAsItSays() throws IOException {
    assertThat(reasons("MONITORS.md"))
        .contains("taken", "contradiction", "feedback-cycle", "malformed")
        .hasSizeGreaterThan(10);
  }

  private static List<String> reasons(String page) throws IOException {
    Matcher blocks = BLOCK.matcher(Files.readString(Path.of("..", "kafka", page)));
    List<String> reasons = new ArrayList<>();
    RuleBook book = BOOK;
    while (blocks.find()) {
      String expected = blocks.group(1) == null ? "taken" : blocks.group(1);
      assertThat(verdict(book, blocks.group(2))).as(blocks.group(2)).isEqualTo(expected);
      reasons.add(expected);
      if (expected.equals("taken")) {
        book = book.apply(book.revision() + 1, read(blocks.group(2)).value().orElseThrow());
      }
    }
    return reasons;
  }

  private static Decoded<RuleChange> read(String json) {
    return Topics.RULES.value().decode(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String verdict(RuleBook book, String json) {
    return switch (read(json)) {
      case Decoded.Bad<RuleChange>(Refusal refusal, String _) -> Words.of(refusal);
      case Decoded.Ok<RuleChange> ok -> {
        List<RuleProblem> problems = RuleValidation.check(book, ok.get(), STORIES);
        yield problems.isEmpty() ? "taken" : Words.of(Refusal.of(problems.getFirst().kind()));
      }
    };
  }
}
