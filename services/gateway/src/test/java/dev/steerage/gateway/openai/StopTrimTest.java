package dev.steerage.gateway.openai;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StopTrimTest {

  /// What is shown after each token, and at the end.
  private static List<String> shown(List<String> stops, String... tokens) {
    var trim = new StopTrim<Integer>(stops);
    List<String> steps = new ArrayList<>();
    for (int i = 0; i < tokens.length; i++) {
      steps.add(text(trim.accept(i, tokens[i])));
    }
    steps.add(text(trim.finish()));
    return steps;
  }

  private static String text(List<StopTrim.Shown<Integer>> shown) {
    var text = new StringBuilder();
    shown.forEach(one -> text.append(one.text()));
    return text.toString();
  }

  @Test
  void shouldShowTokensAtOnceWithoutStops() {
    assertThat(shown(List.of(), "a", "", "b")).containsExactly("a", "", "b", "");
  }

  @Test
  void shouldNeverShowAStopText() {
    assertThat(shown(List.of("END"), "a", "EN", "D", "x")).containsExactly("a", "", "", "", "");
  }

  @Test
  void shouldShowWhatOnlyBeganLikeAStopText() {
    assertThat(shown(List.of("END"), "a", "E", "N", "x")).containsExactly("a", "", "", "ENx", "");
  }

  @Test
  void shouldShowWhatWasHeldBackAtTheEnd() {
    assertThat(shown(List.of("END"), "a", "EN")).containsExactly("a", "", "EN");
  }

  @Test
  void shouldCutATokenAtTheFirstOfSeveralStops() {
    assertThat(shown(List.of("zz", "."), "one. two zz")).containsExactly("one", "");
  }

  @Test
  void shouldFindAStopThatBeginsInsideItself() {
    assertThat(shown(List.of("aab"), "aa", "ab", "c")).containsExactly("", "a", "", "");
  }

  @Test
  void shouldHoldATokenThatAStopCouldCut() {
    assertThat(shown(List.of("\n\nUser:"), "Hi\n", "\n", "User", ":"))
        .containsExactly("", "", "", "Hi", "");
  }
}
