package dev.steerage.ops.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.ops.Tensors;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// What the emulated device promises to find, it finds; and graphs, which a real device has too.
class EmulatedDeviceTest {
  private static void assertFound(String kernel, int shared, String fault) {
    try (TestDevice device = TestDevice.open()) {
      Assumptions.assumeTrue(TestDevice.isEmulated(), "skipped: kernels with mistakes need it");
      TestDevice.Run run = device.run("mistaken_" + kernel, 1, 1, 1, 64).shared(shared);
      long out = device.ints(new int[64]);
      assertThatThrownBy(() -> run.with(out)).isInstanceOf(CudaException.class);
      assertThat(TestDevice.fault()).contains("steerage_mistaken_" + kernel).contains(fault);
    }
  }

  @TestFactory
  Stream<DynamicTest> shouldFindThreadsThatDoNotMeet() {
    return Stream.of(
        DynamicTest.dynamicTest(
            "one stays away", () -> assertFound("barrier", 0, "divergent barrier")),
        DynamicTest.dynamicTest(
            "two barriers", () -> assertFound("barriers", 0, "different barriers")),
        DynamicTest.dynamicTest(
            "half a warp", () -> assertFound("exchange", 0, "lanes of a warp wait")));
  }

  @Test
  void shouldFindWhatIsWrittenBesideMemory() {
    assertFound("shared", 64, "beyond dynamic shared memory");
    try (TestDevice device = TestDevice.open();
        Arena arena = Arena.ofConfined()) {
      Assumptions.assumeTrue(TestDevice.isEmulated(), "skipped: nobody stands guard there");
      int width = 100;
      long in = device.put(Tensors.normal(arena, 2L * width, 1));
      long out = device.empty(2L * width - 1);
      TestDevice.Run run = device.run("sum", 2, 1, 1, 256);
      long count = device.ints(2);
      assertThatThrownBy(() -> run.with(in, in, out, width, count))
          .isInstanceOf(CudaException.class);
      assertThat(TestDevice.fault()).contains("steerage_sum").contains("behind an allocation");
    }
  }

  @Test
  void shouldShowARaceByTheOrderOfThreads() {
    try (TestDevice device = TestDevice.open()) {
      Assumptions.assumeTrue(TestDevice.isEmulated(), "skipped: its order is its own");
      int[][] outcomes = new int[2][];
      for (int order = 0; order < 2; order++) {
        TestDevice.order(order);
        long out = device.ints(new int[64]);
        device.run("mistaken_race", 1, 1, 1, 64).with(out);
        outcomes[order] = device.ints(out, 64);
      }
      assertThat(outcomes[0]).isNotEqualTo(outcomes[1]);
    }
  }

  @Test
  void shouldRunACapturedGraphAsOftenAsItIsLaunched() {
    try (TestDevice device = TestDevice.open();
        Arena arena = Arena.ofConfined()) {
      long x = device.put(Tensors.of(arena, 1, 2, 3, 4));
      long one = device.put(Tensors.of(arena, 1, 1, 1, 1));
      long count = device.ints(1);
      Launch launch = device.run("residual", 2, 1, 1, 256).launch(x, one, one, 4, count);
      try (CudaGraph graph = device.stream().capture(() -> device.stream().launch(launch))) {
        assertThat(device.bits(x, 4)).isEqualTo(Tensors.bits(Tensors.of(arena, 1, 2, 3, 4)));
        for (int i = 0; i < 3; i++) {
          device.stream().launch(graph);
        }
        device.stream().await();
      }
      assertThat(device.bits(x, 4)).isEqualTo(Tensors.bits(Tensors.of(arena, 7, 8, 9, 10)));
    }
  }

  @Test
  void shouldRefuseMoreMemoryThanThereIs() {
    try (TestDevice device = TestDevice.open()) {
      long free = device.device().freeBytes();
      assertThatThrownBy(() -> device.device().allocate("too much", free + (1L << 30)))
          .isInstanceOf(DeviceMemoryException.class);
      long values = device.ints(Arrays.copyOf(new int[] {5}, 3));
      assertThat(device.ints(values, 3)).containsExactly(5, 0, 0);
    }
  }
}
