package dev.steerage.index.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The program of a pattern finds what the library finds: the same matches, the same groups.
class ProgramTest {
  private static final String ALPHABET = "aaabbcd  1\n_.";

  private static byte[] text(SplittableRandom random, int length) {
    var text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> byLibrary(Pattern pattern, byte[] text) {
    List<String> found = new ArrayList<>();
    Matcher matcher = pattern.matcher(text);
    int group = Math.min(1, pattern.groupCount());
    for (int at = 0; at < text.length && matcher.find(at); ) {
      if (matcher.end() > matcher.start()) {
        found.add(
            "%d..%d %d..%d"
                .formatted(
                    matcher.start(), matcher.end(), matcher.start(group), matcher.end(group)));
      }
      at = Math.max(matcher.end(), Math.max(matcher.start(), at) + 1);
    }
    return found;
  }

  /// None: a match took too many steps.
  private static Optional<List<String>> byProgram(Program program, byte[] text) {
    List<String> found = new ArrayList<>();
    for (int at = 0; at < text.length; ) {
      Program.Outcome outcome = program.matches(text, at);
      if (outcome == Program.Outcome.GIVEN_UP) {
        return Optional.empty();
      }
      if (outcome == Program.Outcome.NO_MATCH) {
        at++;
        continue;
      }
      if (program.end() > at) {
        found.add(
            "%d..%d %d..%d".formatted(at, program.end(), program.markBegin(), program.markEnd()));
      }
      at = Math.max(program.end(), at + 1);
    }
    return Optional.of(found);
  }

  /// A random pattern of the common kind.
  private static String pattern(SplittableRandom random, int depth) {
    String[] atoms = {
      "a", "b", "c", " ", "[ab]", "[^a]", "[a-c]", ".", "\\w", "\\s", "\\d", "\\W", "\\.", "\\b",
      "\\B", "^", "$", "[\\w.]", "1"
    };
    var all = new StringBuilder();
    for (int i = 0; i <= random.nextInt(4); i++) {
      String atom = atoms[random.nextInt(atoms.length)];
      if (depth > 0 && random.nextInt(3) == 0) {
        String inside = pattern(random, depth - 1);
        atom = (random.nextBoolean() ? "(" : "(?:") + inside + ")";
      }
      String[] repeats = {"", "", "", "*", "+", "?", "{2}", "{1,3}", "{2,}", "*?", "+?", "??"};
      all.append(atom).append(repeats[random.nextInt(repeats.length)]);
      if (random.nextInt(6) == 0) {
        all.append('|');
      }
    }
    return all.toString();
  }

  @Test
  void shouldFindWhatTheLibraryFinds() {
    var random = new SplittableRandom(11);
    int compared = 0;
    int matches = 0;
    for (int i = 0; i < 3_000; i++) {
      String regex = pattern(random, 2);
      var program = ProgramParser.parse(regex);
      if (program.isEmpty()) {
        continue;
      }
      Pattern pattern = Pattern.compile(regex);
      for (int t = 0; t < 5; t++) {
        byte[] text = text(random, random.nextInt(60));
        List<String> expected = byLibrary(pattern, text);
        Optional<List<String>> found = byProgram(program.get(), text);
        if (found.isEmpty()) {
          continue;
        }
        assertThat(found.get())
            .as("/%s/ in '%s'", regex, new String(text, StandardCharsets.UTF_8))
            .isEqualTo(expected);
        matches += expected.size();
      }
      compared++;
    }
    assertThat(compared).isGreaterThan(800);
    assertThat(matches).isGreaterThan(5_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(?i)a",
        "é",
        "[é]",
        "\\pL",
        "[[:alpha:]]",
        "(a*)*",
        "(?P<n>a)",
        "\\Qa\\E",
        "\\x41",
        "(a?b?)+",
        "a{2000}",
        "((a{50}){50}){50}",
        "a**",
        "\\A"
      })
  void shouldLeaveUncommonSyntaxToTheLibrary(String regex) {
    assertThat(ProgramParser.parse(regex)).isEmpty();
  }

  @Test
  void shouldGiveUpWhereGoingBackTakesTooLong() {
    Program program = ProgramParser.parse("(a|ab)(c|bcd)*([ab]|a[ab])*x").orElseThrow();
    byte[] text = "ab".repeat(5_000).getBytes(StandardCharsets.UTF_8);

    assertThat(program.matches(text, 0)).isEqualTo(Program.Outcome.GIVEN_UP);
  }
}
