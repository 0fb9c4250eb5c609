package dev.steerage.domain.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class TextPatternTest {
  /// The indexes of the characters at which a match ends.
  private static List<Integer> ends(String pattern, String text) {
    TextMatcher matcher = new TextMatcher(TextPattern.parse(pattern));
    int[] characters = text.codePoints().toArray();
    List<Integer> ends = new ArrayList<>();
    for (int i = 0; i < characters.length; i++) {
      if (matcher.read(new int[] {characters[i]}, 1)) {
        ends.add(i);
      }
    }
    return ends;
  }

  @Test
  void shouldFindWhereMatchesEnd() {
    assertThat(ends("cat", "the cat, a cat")).containsExactly(6, 13);
    assertThat(ends("a+", "baab")).containsExactly(1, 2);
    assertThat(ends("[^a-z]cat[^a-z]", "cats cat. ")).containsExactly(8);
    assertThat(ends("(?i)Drachen?", "DRACHEN")).containsExactly(5, 6);
    assertThat(ends("\\d{2,3}", "1234")).containsExactly(1, 2, 3);
    assertThat(ends("a.c", "a\nc abc")).containsExactly(6);
    assertThat(ends("[äö]\\W", "ö!")).containsExactly(1);
    assertThat(ends("(?i)ä", "Ä")).containsExactly(0);
  }

  @Test
  void shouldAgreeWithAnotherEngineOnRandomPatterns() {
    for (long seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      // Deeper or longer ones keep the other engine, which backtracks, busy for ever.
      String pattern = pattern(random, 1);
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 10; i++) {
        text.append("abcA\nß".charAt(random.nextInt(6)));
      }
      TextMatcher matcher;
      try {
        matcher = new TextMatcher(TextPattern.parse(pattern));
      } catch (PatternException e) {
        assertThat(e).as(pattern).hasMessageContaining("matches the empty text");
        continue;
      }
      Pattern other = Pattern.compile("(?s:.*)(?d:" + pattern + ")", Pattern.UNICODE_CASE);
      for (int i = 0; i < text.length(); i++) {
        assertThat(matcher.read(new int[] {text.charAt(i)}, 1))
            .as("seed %d, pattern %s, text %s, end %d", seed, pattern, text, i)
            .isEqualTo(other.matcher(text.subSequence(0, i + 1)).matches());
      }
    }
  }

  private static String pattern(Random random, int depth) {
    StringBuilder all = new StringBuilder();
    for (int part = 0; part <= random.nextInt(3); part++) {
      all.append(
          switch (random.nextInt(depth > 0 ? 8 : 5)) {
            case 0, 1 -> "a";
            case 2 -> "b";
            case 3 -> random.nextBoolean() ? "." : "[^a]";
            case 4 -> random.nextBoolean() ? "[b-cß]" : "\\w";
            case 5 -> "(" + pattern(random, depth - 1) + ")";
            case 6 -> "(?:" + pattern(random, depth - 1) + "|" + pattern(random, depth - 1) + ")";
            default -> "(" + pattern(random, depth - 1) + ")";
          });
      all.append(
          switch (random.nextInt(9)) {
            case 0 -> "*";
            case 1 -> "+";
            case 2 -> "?";
            case 3 -> "{1,3}";
            case 4 -> "{2,}";
            case 5 -> "{0,2}";
            default -> "";
          });
    }
    return all.toString();
  }

  @Test
  void shouldSayWhatIsNoPatternAndWhere() {
    refused("a(b", "'(' without ')'");
    refused("a)", "')' without '('");
    refused("[ab", "'[' without ']'");
    refused("^a", "a stream has no '^'");
    refused("a$", "no '$'");
    refused("*a", "nothing to repeat");
    refused("a**", "repetition cannot follow");
    refused("a{3,2}", "asks for nothing");
    refused("a{1000}", "0 to 100");
    refused("(?=a)", "(?:…) group");
    refused("\\b", "unknown escape");
    refused("a*", "matches the empty text");
    refused("", "matches the empty text");
    refused("(a{100}){100}", "too large: limit=256");
    refused("(".repeat(40), "nested too deep");
    refused("[z-a]", "lower and a higher");
  }

  private static void refused(String pattern, String why) {
    assertThatThrownBy(() -> TextPattern.parse(pattern))
        .as(pattern)
        .isInstanceOf(PatternException.class)
        .hasMessageContaining(why);
  }

  @Test
  void shouldReadTheSameCharactersHoweverBytesAreCut() {
    String text = "aä€😀\uFFFDz";
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      Utf8Stream stream = new Utf8Stream();
      StringBuilder read = new StringBuilder();
      for (int from = 0; from < bytes.length; ) {
        int to = Math.min(bytes.length, from + random.nextInt(4));
        int count = stream.read(java.util.Arrays.copyOfRange(bytes, from, to));
        for (int i = 0; i < count; i++) {
          read.appendCodePoint(stream.characters()[i]);
        }
        from = to;
      }
      assertThat(read.toString()).as("seed %d", seed).isEqualTo(text);
    }
  }

  @Test
  void shouldReplaceBytesThatFitNowhere() {
    Utf8Stream stream = new Utf8Stream();
    int count = stream.read(new byte[] {(byte) 0xC3, 'a', (byte) 0xFF, (byte) 0x80, 'b'});
    assertThat(new String(stream.characters(), 0, count)).isEqualTo("\uFFFDa\uFFFD\uFFFDb");
  }
}
