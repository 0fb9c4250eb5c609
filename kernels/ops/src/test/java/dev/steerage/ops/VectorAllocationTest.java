package dev.steerage.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Registers of the Vector API stay off the heap only where the compiler inlines everything, which
/// a small change can undo. In a JVM of its own, as a worker has; long, as it waits for a compiler
/// that may have to share the machine.
class VectorAllocationTest {
  private static final int KERNELS = 22;

  @Test
  @Tag("long")
  void shouldAllocateNothingInAnyKernelOnceCompiled() throws Exception {
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                VectorAllocation.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    List<String> kernels = said.lines().filter(line -> line.startsWith("kernel: ")).toList();
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(kernels).hasSize(KERNELS).allMatch(line -> line.endsWith(", bytes=0"));
  }
}
