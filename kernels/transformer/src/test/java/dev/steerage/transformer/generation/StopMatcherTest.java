package dev.steerage.transformer.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StopMatcherTest {
  @Test
  void shouldFindAStringThatBeginsAndEndsInsideTokens() {
    StopMatcher matcher = new StopMatcher(List.of("The end", "\n\n"));
    assertThat(accept(matcher, "…The T")).isFalse();
    assertThat(accept(matcher, "he e")).isFalse();
    assertThat(accept(matcher, "nds")).isTrue();
    assertThat(accept(matcher, "\n")).isFalse();
    assertThat(accept(matcher, "\nx")).isTrue();
  }

  @Test
  void shouldFindExactlyWhatASearchOfTheTextFinds() {
    SplittableRandom random = new SplittableRandom(5);
    for (int round = 0; round < 2_000; round++) {
      String stop = letters(random, 1 + random.nextInt(5));
      StopMatcher matcher = new StopMatcher(List.of(stop));
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 10; i++) {
        String token = letters(random, random.nextInt(4));
        int from = Math.max(0, text.length() - stop.length() + 1);
        text.append(token);
        assertThat(accept(matcher, token))
            .as("'%s' in '%s', seed 5, round %d", stop, text, round)
            .isEqualTo(text.indexOf(stop, from) >= 0);
      }
    }
  }

  private static boolean accept(StopMatcher matcher, String token) {
    return matcher.accept(token.getBytes(StandardCharsets.UTF_8));
  }

  private static String letters(SplittableRandom random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) ('a' + random.nextInt(2)));
    }
    return text.toString();
  }
}
