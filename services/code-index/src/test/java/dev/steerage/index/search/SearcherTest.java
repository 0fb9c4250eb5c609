package dev.steerage.index.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.index.codec.DecodedBudget;
import dev.steerage.index.corpus.Corpus;
import dev.steerage.schemas.index.CodeScore;
import dev.steerage.schemas.index.CodeSearch;
import dev.steerage.schemas.index.CodeSearch.Floors;
import dev.steerage.schemas.index.CodeSearch.Kind;
import dev.steerage.schemas.index.CodeSearch.Rank;
import dev.steerage.schemas.index.FoundCodes;
import dev.steerage.schemas.index.FoundCodes.Found;
import dev.steerage.schemas.index.LookupException;
import dev.steerage.schemas.index.LookupException.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SearcherTest {
  private static final Floors NONE = new Floors(0, 0, 1);
  private static final Site MLP = Site.parse("L0.mlp");

  @TempDir private static Path folder;
  private static PlantedCorpus planted;
  private static float[][][] activity;
  private static OpenCorpus open;
  private static Searcher searcher;

  @BeforeAll
  static void build() {
    planted = PlantedCorpus.write(folder.resolve("planted"), 300, 5);
    activity = planted.writeNeurons(6);
    // Half of the blocks can be kept, so that both ways are gone.
    open = OpenCorpus.of(Corpus.open(planted.folder(), new DecodedBudget(150_000)));
    searcher = new Searcher(new SearchLimits(512, SearchLimits.defaults().time(), 100_000, 3, 0));
  }

  @AfterAll
  static void close() {
    searcher.close();
  }

  private static CodeSearch ask(Kind kind, String query) {
    return CodeSearch.of("planted", kind, query)
        .ranked(Rank.PRECISION, NONE)
        .limited(1000, 1000, 5);
  }

  private static FoundCodes search(CodeSearch search) {
    return searcher.search(open, search, List.of(), _ -> "");
  }

  /// The authors' procedure, plainly: characters of group 1 to tokens, tokens to codes.
  private static Map<Code, CodeScore> plain(String regex, int half) {
    Map<Code, long[]> counts = new TreeMap<>();
    long matches = 0;
    for (PlantedCorpus.Document document : planted.documents()) {
      if (half >= 0 && document.piece().half() != half) {
        continue;
      }
      boolean[] marked = marked(regex, document);
      for (int token = 0; token < marked.length; token++) {
        matches += marked[token] ? 1 : 0;
        for (Code code : planted.codes(document, token)) {
          long[] each = counts.computeIfAbsent(code, _ -> new long[2]);
          each[0] += marked[token] ? 1 : 0;
          each[1]++;
        }
      }
    }
    long all = matches;
    Map<Code, CodeScore> scores = new TreeMap<>();
    counts.forEach((code, each) -> scores.put(code, new CodeScore(each[0], each[1], all)));
    return scores;
  }

  private static boolean[] marked(String regex, PlantedCorpus.Document document) {
    boolean[] marked = new boolean[document.piece().tokens().length];
    Matcher matcher = Pattern.compile(regex).matcher(document.piece().text());
    while (matcher.find()) {
      int group = Math.min(1, matcher.groupCount());
      if (matcher.end(group) > matcher.start(group)) {
        int token = 0;
        while (token + 1 < marked.length
            && document.piece().starts()[token + 1] <= matcher.start(group)) {
          token++;
        }
        marked[token] = true;
      }
    }
    return marked;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cat",
        "(dog)",
        "n(c)at",
        "[aeiou]",
        "\\b(the)\\b",
        "é",
        "日(本)",
        "(?i)THEc",
        "th(e|at)",
        "c.t",
        "(s?)cat",
        "o.*g",
        "\\w+",
        "[^a-z]",
        "(?:the|a)(dog|cat)"
      })
  void shouldScoreAsThePlainProcedureDoes(String regex) {
    FoundCodes found = search(ask(Kind.REGEX, regex).heldOut(false));
    FoundCodes held = search(ask(Kind.REGEX, regex));

    Map<Code, CodeScore> all = plain(regex, -1);
    assertThat(found.codes()).isNotEmpty();
    for (Found each : found.codes()) {
      assertThat(each.scored()).as("%s", each.code()).isEqualTo(all.get(each.code()));
    }
    assertThat(found.codes())
        .hasSize((int) all.values().stream().filter(each -> each.hits() > 0).count());
    Map<Code, CodeScore> first = plain(regex, 0);
    Map<Code, CodeScore> second = plain(regex, 1);
    for (Found each : held.codes()) {
      assertThat(each.chosen()).isEqualTo(first.get(each.code()));
      assertThat(each.scored().hits())
          .isEqualTo(second.containsKey(each.code()) ? second.get(each.code()).hits() : 0);
    }
    assertThat(held.chosenMatches() + held.scoredMatches()).isEqualTo(found.scoredMatches());
  }

  @Test
  void shouldPutThePlantedCodeFirst() {
    FoundCodes found = search(CodeSearch.of("planted", Kind.REGEX, "(cat)").at(List.of(MLP)));

    Found best = found.codes().getFirst();
    assertThat(best.code()).isEqualTo(new Code(MLP, PlantedCorpus.CAT_CODE));
    assertThat(best.scored().precision()).isGreaterThan(0.9);
    assertThat(best.scored().recall()).isGreaterThan(0.7);
    assertThat(best.scored().precisionInterval().low()).isLessThan(best.scored().precision());
    assertThat(found.examples()).isNotEmpty().allMatch(each -> each.token().contains("cat"));
  }

  @ParameterizedTest
  @CsvSource({"cat, true", "cat, false", "dog, true", "[aeiou], true"})
  void shouldCompareWithTheBestNeuronAtTheSameRecall(String regex, boolean isHeldOut) {
    FoundCodes found =
        search(ask(Kind.REGEX, "(" + regex + ")").at(List.of(MLP)).heldOut(isHeldOut));

    assertThat(found.codes()).isNotEmpty();
    assertThat(found.sample().documents()).isEqualTo(100);
    for (Found each : found.codes()) {
      FoundCodes.Neuron neuron = each.neuron().orElseThrow();
      int number = Integer.parseInt(neuron.name().replaceAll("L0\\.mlp_mid\\[(.*)]", "$1"));
      float[] thresholds = new float[PlantedCorpus.NEURONS];
      double[] precisions = new double[PlantedCorpus.NEURONS];
      for (int i = 0; i < PlantedCorpus.NEURONS; i++) {
        thresholds[i] = threshold(regex, i, isHeldOut, each.chosen().recall());
        precisions[i] = neuron(regex, i, thresholds[i], isHeldOut ? 0 : -1).precision();
      }
      // Activities that share a level cannot be told apart by a threshold.
      assertThat(precisions[number])
          .as("%s at recall %s", each.code(), each.chosen().recall())
          .isGreaterThan(Arrays.stream(precisions).max().orElseThrow() - 0.03);
      CodeScore plain = neuron(regex, number, thresholds[number], isHeldOut ? 1 : -1);
      assertThat(neuron.scored().matches()).isEqualTo(plain.matches());
      assertThat(neuron.scored().recall()).isCloseTo(plain.recall(), within(0.05));
      assertThat(neuron.precision()).isCloseTo(plain.precision(), within(0.05));
    }
  }

  /// The activity that this share of the matches reaches.
  private static float threshold(String regex, int neuron, boolean isHeldOut, double recall) {
    List<Float> matched = new ArrayList<>();
    eachSampled(
        regex,
        isHeldOut ? 0 : -1,
        (document, token, isMatch) -> {
          if (isMatch) {
            matched.add(activity[neuron][document][token]);
          }
        });
    matched.sort(Comparator.reverseOrder());
    return matched.get(Math.clamp(Math.round(recall * matched.size()), 1, matched.size()) - 1);
  }

  private static CodeScore neuron(String regex, int neuron, float threshold, int half) {
    long[] counts = new long[3];
    eachSampled(
        regex,
        half,
        (document, token, isMatch) -> {
          boolean fires = activity[neuron][document][token] >= threshold;
          counts[0] += fires && isMatch ? 1 : 0;
          counts[1] += fires ? 1 : 0;
          counts[2] += isMatch ? 1 : 0;
        });
    return new CodeScore(counts[0], counts[1], counts[2]);
  }

  private interface Token {
    void at(int document, int token, boolean isMatch);
  }

  private static void eachSampled(String regex, int half, Token each) {
    for (int i = 0; i < planted.documents().size(); i += 3) {
      PlantedCorpus.Document document = planted.documents().get(i);
      if (half < 0 || document.piece().half() == half) {
        boolean[] marked = marked(regex, document);
        for (int token = 0; token < marked.length; token++) {
          each.at(i, token, marked[token]);
        }
      }
    }
  }

  @Test
  void shouldFindLiteralsTokensAndConcepts() {
    FoundCodes regex = search(ask(Kind.REGEX, "cat"));
    int cat = planted.token("cat");

    assertThat(search(ask(Kind.LITERAL, "cat")).codes()).isEqualTo(regex.codes());
    assertThat(search(ask(Kind.TOKENS, Integer.toString(cat))).codes()).isEqualTo(regex.codes());
    Code code = new Code(MLP, PlantedCorpus.CAT_CODE);
    Found itself =
        searcher
            .search(open, ask(Kind.CONCEPT, "cats").heldOut(false), List.of(code), _ -> "cats")
            .codes()
            .getFirst();
    assertThat(itself.code()).isEqualTo(code);
    assertThat(itself.scored().f1()).isEqualTo(1);
    assertThat(itself.label()).isEqualTo("cats");
  }

  @Test
  void shouldKeepFloorsAndLimits() {
    FoundCodes found =
        search(
            ask(Kind.REGEX, "[aeiou]")
                .ranked(Rank.RECALL, new Floors(0.05, 0.02, 3))
                .limited(2, 3, 0));

    assertThat(found.codes()).hasSizeLessThanOrEqualTo(3).isNotEmpty();
    assertThat(found.examples()).isEmpty();
    assertThat(found.codes())
        .allMatch(each -> each.chosen().precision() >= 0.05 && each.chosen().recall() >= 0.02);
    assertThat(found.codes())
        .isSortedAccordingTo((a, b) -> Double.compare(b.chosen().recall(), a.chosen().recall()));
  }

  @ParameterizedTest
  @CsvSource({
    "REGEX, '(', BAD_QUERY", "REGEX, '((a{500}){500}){500}', BAD_QUERY", "TOKENS, 'x', BAD_QUERY",
    "REGEX, '', BAD_QUERY", "REGEX, '(?=a)', BAD_QUERY", "REGEX, '(a)\\1', BAD_QUERY"
  })
  void shouldRefuseWhatCannotBeSearched(Kind kind, String query, Reason reason) {
    assertThatThrownBy(() -> search(ask(kind, query)))
        .isInstanceOfSatisfying(
            LookupException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @Test
  void shouldRefuseAnUnknownSiteAndTooManyMatches() {
    CodeSearch elsewhere = ask(Kind.LITERAL, "cat").at(List.of(Site.parse("L9.mlp")));
    try (var small =
        new Searcher(new SearchLimits(512, SearchLimits.defaults().time(), 10, 1, 0))) {
      assertThatThrownBy(() -> search(elsewhere)).hasMessageContaining("L9.mlp");
      assertThatThrownBy(() -> small.search(open, ask(Kind.REGEX, "."), List.of(), _ -> ""))
          .isInstanceOfSatisfying(
              LookupException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LIMIT));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"(a+)+$", "(\\w|\\w\\w)+!", "(.*)(.*)(.*)(.*)(.*)[^a]b", "((a*)*)*b"})
  void shouldNotMindCatastrophicPatterns(String regex) {
    assertThat(search(ask(Kind.REGEX, regex)).elapsed()).isLessThan(SearchLimits.defaults().time());
  }

  @Test
  void shouldCountBytesNotCharacters() {
    // é and 日 are several bytes, and 日 is split over two tokens: what follows is not shifted.
    FoundCodes found = search(ask(Kind.LITERAL, "日"));

    assertThat(found.examples()).isNotEmpty();
    for (FoundCodes.Example example : found.examples()) {
      assertThat((example.token() + example.after()).getBytes(StandardCharsets.UTF_8)).isNotEmpty();
      assertThat(example.after()).contains("本");
    }
  }
}
