package dev.steerage.cli.topic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.cli.activation.Firings;
import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopicCodesTest {
  private static final Site A = Site.parse("L0.attn.H0");
  private static final Site B = Site.parse("L1.attn.H0");

  private final TopicCodes codes = new TopicCodes();

  private void add(boolean topic, int atA, int atB) {
    codes.add(
        topic,
        new Firings(
            "m",
            "r",
            100,
            0,
            List.of(A, B),
            Collections.nCopies(100, 1),
            Collections.nCopies(100, new int[][] {{atA}, {atB}})));
  }

  @Test
  void shouldPreferCodesOfTheTopicOverCodesThatAlwaysFire() {
    add(true, 1, 5);
    add(true, 2, 5);
    add(false, 3, 5);

    List<TopicCodes.Scored> best = codes.best(2);

    assertThat(best)
        .extracting(TopicCodes.Scored::code)
        .containsExactly(new Code(A, 1), new Code(B, 5));
    assertThat(best.getFirst().with()).isEqualTo(0.5);
    assertThat(best.getFirst().without()).isZero();
    assertThat(best.getLast().score()).isZero();
  }

  @Test
  void shouldTakeOneCodePerSite() {
    add(true, 1, 5);
    add(false, 2, 6);

    assertThat(codes.best(8)).hasSize(2);
    assertThat(codes.best(1)).hasSize(1);
  }

  @Test
  void shouldCountWordsThatBeginWithTheTopic() {
    assertThat(new Story("Dragon! The dragons and the snapdragon.").mentions("dragon"))
        .isEqualTo(2);
  }

  @Test
  void shouldCutAStoryAfterASentence() {
    assertThat(new Story("One. Two is longer. Three").beginning(22).text())
        .isEqualTo("One. Two is longer.");
    assertThat(new Story("short").beginning(22).text()).isEqualTo("short");
    assertThat(new Story("no end of it").beginning(6).text()).isEqualTo("no end");
  }
}
