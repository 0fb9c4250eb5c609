package dev.steerage.transformer.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.TestBackends;
import dev.steerage.transformer.TestModels;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WarmUpTest {
  @ParameterizedTest
  @MethodSource("dev.steerage.transformer.TestBackends#names")
  void shouldEndWithinItsLimit(String backend) {
    try (CodebookTransformer model =
        CodebookTransformer.load(TestModels.shipped("stories"), TestBackends.require(backend))) {
      long began = System.nanoTime();
      WarmUp.run(model, Duration.ofMillis(300));
      // One step of the slowest backend on a busy machine may still be under way.
      assertThat((System.nanoTime() - began) / 1_000_000).isLessThan(20_000);
    }
  }
}
