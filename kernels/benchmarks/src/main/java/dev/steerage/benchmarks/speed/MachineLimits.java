package dev.steerage.benchmarks.speed;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What so many threads together read from memory and multiply in registers, measured in the same
/// run as what is compared with it, by a C program of its own (`limits.c`).
///
/// @param gigabytesPerSecond reading more than the caches hold
/// @param gigaflops multiply-adds of float32
/// @param gigaflopsBf16 dot products of bf16; as float32 where the processor has none
record MachineLimits(
    int threads, double gigabytesPerSecond, double gigaflops, double gigaflopsBf16) {

  static MachineLimits measure(Speed.Setting setting, int threads)
      throws IOException, InterruptedException {
    Files.createDirectories(setting.work());
    Path source = setting.peer().resolve("limits.c");
    Path program = setting.work().resolve("limits");
    said(
        List.of(
            "cc",
            "-O3",
            "-march=native",
            "-ffp-contract=fast",
            source.toString(),
            "-o",
            program.toString(),
            "-lpthread"));
    String[] found = said(List.of(program.toString(), String.valueOf(threads))).trim().split(" ");
    double gigaflops = Double.parseDouble(found[1]);
    return new MachineLimits(
        threads,
        Double.parseDouble(found[0]),
        gigaflops,
        Math.max(gigaflops, Double.parseDouble(found[2])));
  }

  private static String said(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("command: " + command + ", said: " + said);
    }
    return said;
  }

  @Override
  public String toString() {
    return ("Measured in this run, threads=%d: %.1f GB/s from memory, %.0f GFLOP/s float32,"
            + " %.0f GFLOP/s bf16")
        .formatted(threads, gigabytesPerSecond, gigaflops, gigaflopsBf16);
  }
}
