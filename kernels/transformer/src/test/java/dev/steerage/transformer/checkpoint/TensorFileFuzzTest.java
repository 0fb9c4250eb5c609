package dev.steerage.transformer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TensorFileFuzzTest {
  private static final long SEED = 41;

  @Test
  void shouldReadOrRefuseThousandsOfMutatedFiles() throws IOException {
    check(4_000);
  }

  @Test
  @Tag("long")
  void shouldReadOrRefuseAMillionMutatedFiles() throws IOException {
    check(1_000_000);
  }

  private static void check(int files) throws IOException {
    TensorFileFuzz fuzz = new TensorFileFuzz();
    fuzz.run(SEED, files);
    assertThat(fuzz.read + fuzz.refused).isEqualTo(files);
    assertThat(fuzz.refused).as("refused").isGreaterThan(files / 4);
    assertThat(fuzz.read).as("read although changed").isPositive();
  }
}
