package dev.steerage.index.topics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.index.codec.Output;
import dev.steerage.index.corpus.Corpus;
import dev.steerage.index.corpus.CorpusInfo;
import dev.steerage.index.corpus.Cursor;
import dev.steerage.index.corpus.Piece;
import dev.steerage.index.corpus.SegmentWriter;
import dev.steerage.index.corpus.TokenTable;
import dev.steerage.index.search.OpenCorpus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two topics are planted: dragons with two codes, football with one. Another code fires on half of
/// all tokens of every document, a last one on single tokens everywhere.
class TopicFinderTest {
  private static final List<SiteShape> SITES =
      List.of(
          new SiteShape(Site.parse("L0.attn.H0"), 80, 2, 4),
          new SiteShape(Site.parse("L0.attn.H1"), 80, 2, 4));
  private static final List<String> WORDS =
      List.of(" the", " sun", " tree", " house", " dragon", " cave", " ball", " goal");
  private static final int DRAGON = 1;
  private static final int FOOTBALL = 2;
  private static final int ALWAYS = 3;
  private static final int LENGTH = 50;
  private static final int DOCUMENTS = 400;

  @TempDir Path folder;

  @Test
  void shouldFindThePlantedTopicsAndNothingElse() throws IOException {
    List<Long> progress = new ArrayList<>();
    List<Topic> found =
        TopicFinder.of(OpenCorpus.of(write()), TopicSettings.DEFAULT, 10, progress::add);
    assertThat(found).hasSize(2);
    Topic dragons = found.getFirst();
    assertThat(dragons.codes())
        .containsExactly(Code.parse("L0.attn.H0:1"), Code.parse("L0.attn.H1:1"));
    assertThat(dragons.documents()).isEqualTo(DOCUMENTS / 10);
    assertThat(dragons.phi()).isGreaterThan(0.9);
    assertThat(dragons.words()).contains("dragon", "cave");
    assertThat(dragons.wordShare()).isGreaterThan(2 * dragons.wordRate());
    assertThat(dragons.name()).startsWith("topic-").matches("[A-Za-z0-9._-]{1,64}");
    assertThat(dragons.examples()).hasSize(3);
    Topic football = found.get(1);
    assertThat(football.codes()).containsExactly(Code.parse("L0.attn.H1:2"));
    assertThat(football.words()).contains("ball");
    assertThat(progress).last().isEqualTo((long) DOCUMENTS);
  }

  @Test
  void shouldFindNoTopicThatFiresOnTooFewTokens() throws IOException {
    TopicSettings strict = new TopicSettings(0.95, 3, 40, 5, 0.1, 0.3);
    assertThat(TopicFinder.of(OpenCorpus.of(write()), strict, 10, _ -> {})).isEmpty();
  }

  private Corpus write() throws IOException {
    CorpusInfo info =
        new CorpusInfo(
            "planted",
            "planted",
            "",
            "0".repeat(64),
            "none",
            SITES,
            WORDS.size(),
            64,
            "\n",
            1000,
            List.of(new CorpusInfo.Source("a", 1, "")));
    info.write(folder);
    SplittableRandom random = new SplittableRandom(5);
    SegmentWriter writer = new SegmentWriter(info, Cursor.START, 0);
    for (int i = 0; i < DOCUMENTS; i++) {
      int topic = i % 10 == 0 ? DRAGON : i % 20 == 5 ? FOOTBALL : 0;
      add(writer, random, topic, i);
    }
    writer.write(folder.resolve("segment-000000.bin"));
    Output table = new Output(64);
    table.varint(WORDS.size());
    for (String word : WORDS) {
      byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
      table.varint(bytes.length);
      table.bytes(bytes, 0, bytes.length);
    }
    TokenTable.write(folder, table);
    return Corpus.open(folder);
  }

  private static void add(SegmentWriter writer, SplittableRandom random, int topic, int number) {
    StringBuilder text = new StringBuilder();
    int[] tokens = new int[LENGTH];
    int[] starts = new int[LENGTH];
    char[] ids = new char[4 * LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      boolean isWord = topic > 0 && random.nextInt(5) == 0;
      tokens[i] = isWord ? 2 + 2 * topic + random.nextInt(2) : random.nextInt(4);
      starts[i] = text.length();
      text.append(WORDS.get(tokens[i]));
      for (int slot = 0; slot < 4; slot++) {
        // Slots of a site have ranges of their own; the first codes are planted.
        ids[4 * i + slot] = (char) (10 + slot % 2 * 35 + random.nextInt(35));
      }
      if (random.nextBoolean()) {
        ids[4 * i] = ALWAYS;
      }
      if (topic == DRAGON && random.nextInt(10) < 6) {
        ids[4 * i + 1] = DRAGON;
        ids[4 * i + 2] = DRAGON;
      } else if (topic == FOOTBALL && random.nextInt(10) < 6) {
        ids[4 * i + 2] = FOOTBALL;
      }
    }
    writer.add(
        new Piece(
            text.toString().getBytes(StandardCharsets.UTF_8),
            tokens,
            starts,
            random.nextInt(2),
            0,
            new Cursor(0, number + 1L)),
        ids);
  }
}
