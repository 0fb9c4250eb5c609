package dev.steerage.local.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.index.topics.Topic;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopicConceptsTest {
  private static Topic topic(String... words) {
    return new Topic(
        List.of(Code.parse("L0.mlp:7")), 9, 1, List.of(words), 0.5, 0.1, List.of("Once"));
  }

  @Test
  void shouldNameConceptsByTheirWordsAsConceptsMayBeNamed() {
    List<RuleChange.ConceptPut> found =
        TopicConcepts.of(
            List.of(
                topic("dragon", "cave", "fire", "gold"),
                topic("dragon", "cave", "fire"),
                topic("éclair", "日本"),
                topic("a".repeat(70)),
                topic("a".repeat(70))),
            "stories",
            "me");
    assertThat(found)
        .extracting(RuleChange.ConceptPut::concept)
        .startsWith("topic-dragon-cave-fire", "topic-dragon-cave-fire-2", "topic-clair-")
        .allMatch(name -> name.matches("[A-Za-z0-9._-]{1,64}"))
        .doesNotHaveDuplicates();
    assertThat(found).allMatch(put -> put.model().equals("stories") && put.author().equals("me"));
  }
}
