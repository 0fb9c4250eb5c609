package dev.steerage.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BenchmarkMachineTest {
  private static BenchmarkMachine busy(double share) {
    return new BenchmarkMachine("a processor", 2, 512, share);
  }

  @Test
  void shouldSayWhetherAnythingElseRan() {
    assertThat(busy(0.03).isIdle()).isTrue();
    assertThat(busy(0.03)).asString().contains("a processor, 2 cores", "3 %", "nothing else ran");
    assertThat(busy(0.5).isIdle()).isFalse();
    assertThat(busy(0.5)).asString().contains("50 %", "do not count");
    // What the system cannot tell counts as disturbed.
    assertThat(busy(-1).isIdle()).isFalse();
  }
}
