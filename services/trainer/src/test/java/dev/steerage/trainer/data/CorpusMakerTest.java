package dev.steerage.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.ops.Team;
import dev.steerage.trainer.TrainerException;
import dev.steerage.trainer.model.Batch;
import dev.steerage.transformer.checkpoint.TokenizerFile;
import dev.steerage.transformer.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusMakerTest {
  private static final int BEGIN = 0;

  private final Team team = new Team("trainer", 2);

  @TempDir private Path folder;

  @AfterEach
  void closeTeam() {
    team.close();
  }

  private Path text(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private static String stories(int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append("The cat saw the hat number ").append(i).append(".\n<|endoftext|>\n");
    }
    return text.toString();
  }

  @Test
  void shouldLearnATokenizerThatOursReadsAndThatLosesNothing() throws IOException {
    Path train = text("train.txt", stories(50));
    Path file =
        new CorpusMaker(folder.resolve("data"), team)
            .tokenizer(Optional.empty(), List.of(train), 270);

    Tokenizer tokenizer = TokenizerFile.read(file, OptionalInt.of(BEGIN));
    assertThat(tokenizer.vocabularySize()).isEqualTo(270);
    assertThat(tokenizer.isSpecial(BEGIN)).isTrue();
    String odd = "the cat's  naïve 🐈\n\n\tsaw 12%";
    assertThat(tokenizer.decode(tokenizer.encode(odd))).isEqualTo(odd);
    // Frequent words need few tokens.
    assertThat(tokenizer.encode(" the hat").length).isLessThan(6);
  }

  @Test
  void shouldLearnTheSameFromTheSameTextInAnotherOrder() throws IOException {
    Path one = text("one.txt", "aa ab ab\n<|endoftext|>\nba ba ab");
    Path other = text("other.txt", "ba ba ab\n<|endoftext|>\naa ab ab");
    Path first =
        new CorpusMaker(folder.resolve("a"), team).tokenizer(Optional.empty(), List.of(one), 260);
    Path second =
        new CorpusMaker(folder.resolve("b"), team).tokenizer(Optional.empty(), List.of(other), 260);

    assertThat(second).hasSameTextualContentAs(first);
    assertThat(first).content().contains("\"a\", \"b\"");
  }

  @Test
  void shouldPutTheBeginTokenBeforeEveryDocumentAndCutEveryWindowOnce() throws IOException {
    Path train = text("train.txt", stories(40));
    CorpusMaker maker = new CorpusMaker(folder.resolve("data"), team);
    Path tokenizer = maker.tokenizer(Optional.empty(), List.of(train), 300);
    TextCorpus corpus = maker.corpus(tokenizer, BEGIN, List.of(train), List.of(train), 7);

    Batch all = corpus.valid(0, 1, (int) corpus.validTokens() - 1);
    assertThat(Arrays.stream(all.tokens()).filter(token -> token == BEGIN).count()).isEqualTo(40);
    assertThat(all.targets()).startsWith(all.tokens()[1], all.tokens()[2]);

    int length = 8;
    int windows = (int) (corpus.trainTokens() - 1) / length - 1;
    Set<List<Integer>> seen = new HashSet<>();
    for (int i = 0; i < windows; i++) {
      seen.add(Arrays.stream(corpus.train(i, 1, length).tokens()).boxed().toList());
    }
    Set<List<Integer>> again = new HashSet<>();
    Batch together = corpus.train(0, windows, length);
    for (int i = 0; i < windows; i++) {
      int[] window = Arrays.copyOfRange(together.tokens(), i * length, (i + 1) * length);
      again.add(Arrays.stream(window).boxed().toList());
    }
    assertThat(again).isEqualTo(seen);
    assertThat(corpus.train(windows, 1, length).tokens())
        .isEqualTo(corpus.train(windows, 1, length).tokens());
  }

  @Test
  void shouldRefuseEmptyAndBinaryText() throws IOException {
    Path empty = text("empty.txt", " \n<|endoftext|>\n");
    Path binary = folder.resolve("binary.txt");
    Files.write(binary, new byte[] {65, 0, 66});
    Path broken = folder.resolve("broken.txt");
    Files.write(broken, new byte[] {65, (byte) 0xFF, 66});
    CorpusMaker maker = new CorpusMaker(folder.resolve("data"), team);

    for (Path file : List.of(empty, binary, broken, folder.resolve("none.txt"))) {
      assertThatThrownBy(() -> maker.tokenizer(Optional.empty(), List.of(file), 300))
          .isInstanceOf(TrainerException.class)
          .hasMessageContaining(file.getFileName().toString());
    }
  }

  @Test
  void shouldRefuseATextThatIsTooShortForAWindow() throws IOException {
    Path train = text("train.txt", "short");
    CorpusMaker maker = new CorpusMaker(folder.resolve("data"), team);
    Path tokenizer = maker.tokenizer(Optional.empty(), List.of(train), 257);
    TextCorpus corpus = maker.corpus(tokenizer, BEGIN, List.of(train), List.of(train), 7);

    assertThatThrownBy(() -> corpus.train(0, 1, 64))
        .isInstanceOf(TrainerException.class)
        .hasMessageContaining("training tokens=6, limit=129");
  }
}
