package dev.steerage.index.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartFilterTest {
  private static final String ALPHABET = "aabbcK1 \néſ\u212A日";

  private static String text(SplittableRandom random, int length) {
    var text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "ab",
        "a+b",
        "(a|b)c",
        "a{2,3}b?",
        "[ab]+1",
        "[^a]b",
        ".b",
        "(?i)k",
        "(?i:AB)c",
        "\\bab\\b",
        "^a.*c",
        "(?s)a.b",
        "é",
        "[é日]a",
        "(ab*)*c",
        "(a?b?)+1",
        "\\w+\\s",
        "\\D{3}",
        "(?P<name>b)a",
        "x+|ab",
        "[a-c]{2}",
        "a(b(c|1)?)?",
        "[^\\w]a",
        "(?i)[k]b",
        "a*?b",
        "1|2|c"
      })
  void shouldNeverMissAStart(String regex) {
    Pattern pattern = Pattern.compile(regex);
    StartFilter filter = PatternParser.parse(regex).flatMap(StartFilter::of).orElseThrow();
    var random = new SplittableRandom(regex.hashCode());
    int found = 0;
    for (int i = 0; i < 200; i++) {
      byte[] bytes = text(random, 1 + random.nextInt(40)).getBytes(StandardCharsets.UTF_8);
      BitSet starts = filter.starts(bytes);
      Matcher matcher = pattern.matcher(bytes);
      for (int at = 0; at < bytes.length && matcher.find(at); ) {
        if (matcher.end() > matcher.start()) {
          assertThat(starts.get(matcher.start()))
              .as("/%s/ at %d in '%s'", regex, matcher.start(), new String(bytes))
              .isTrue();
          found++;
        }
        at = Math.max(matcher.end(), at + 1);
      }
    }
    assertThat(found).as("matches of /%s/", regex).isPositive();
  }

  @Test
  void shouldRuleMostPlacesOut() {
    StartFilter filter = PatternParser.parse("dr[a-z]+n").flatMap(StartFilter::of).orElseThrow();
    byte[] text = "a dragon and a dry train saw the drawn dr".getBytes(StandardCharsets.UTF_8);

    assertThat(filter.starts(text).stream()).containsExactly(2, 33);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\pL", "[[:alpha:]]", "\\Qa\\E", "\\x41", "(?x)a"})
  void shouldFilterNothingWhereSyntaxIsNotKnown(String regex) {
    assertThat(PatternParser.parse(regex)).isEqualTo(Optional.empty());
  }

  @Test
  void shouldMultiplyRepeats() {
    assertThat(PatternParser.parse("((a{100}){100}){100}").orElseThrow().size())
        .isEqualTo(1_000_000);
  }
}
