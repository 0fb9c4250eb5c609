package dev.steerage.index.about;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.index.corpus.Corpus;
import dev.steerage.index.search.OpenCorpus;
import dev.steerage.index.search.PlantedCorpus;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Computed labels of codes whose meaning is known.
class TokenLabelTest {
  private static final int MLP = 2;

  private static OpenCorpus corpus(Path folder) {
    Path path = folder.resolve("planted");
    PlantedCorpus.write(path, 120, 5);
    return OpenCorpus.of(Corpus.open(path));
  }

  @Test
  void shouldNameTheTokenThatACodeMeansAndScoreItOnTheOtherHalf(@TempDir Path folder) {
    var label = TokenLabel.of(corpus(folder), MLP, PlantedCorpus.CAT_CODE).orElseThrow();

    assertThat(label.text()).isEqualTo("cat");
    // It fires on nine of ten cats and on nothing else.
    assertThat(label.score()).isBetween(0.88, 0.99);
    assertThat(label.owner()).isEmpty();
  }

  @Test
  void shouldSayLittleOfCodesThatNoTokenExplains(@TempDir Path folder) {
    OpenCorpus open = corpus(folder);
    for (int code : new int[] {PlantedCorpus.SOURCE_CODE, 30, 40, 50}) {
      TokenLabel.of(open, MLP, code)
          .ifPresent(label -> assertThat(label.score()).as("code %d", code).isLessThan(0.4));
    }
  }
}
