package dev.steerage.gateway.benchmark;

import dev.steerage.testkit.BenchmarkMachine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Measures a `steerage up` and writes the day's file.
public final class GatewayBenchmark {
  private static final int WARM_UP = 300;
  private static final int REQUESTS = 500;
  private static final int READERS = 1_000;
  private static final int RUNS = 5;

  private GatewayBenchmark() {}

  /// @param args what else ran on the machine
  public static void main(String[] args) throws IOException, InterruptedException {
    Path results = Path.of(System.getProperty("results"));
    Path root =
        results.toAbsolutePath().normalize().getParent().getParent().getParent().getParent();
    List<String> lines = new ArrayList<>(head());
    try (var up = UpInstance.start(root)) {
      lines.addAll(List.of("", "## First token", ""));
      for (int run = 0; run < RUNS; run++) {
        try (var first = new FirstToken(up)) {
          first.run(run == 0 ? WARM_UP : 10, REQUESTS / RUNS);
          lines.addAll(List.of("Run " + (run + 1) + ":", ""));
          lines.addAll(first.report());
          lines.add("");
        }
      }
      lines.addAll(List.of("## Readers", ""));
      lines.addAll(new ManyReaders(up).run(READERS));
      lines.addAll(List.of("", "## Throughput", ""));
      lines.addAll(wrk(up, "/health"));
      lines.addAll(wrk(up, "/v1/models"));
    }
    Path file = results.resolve(LocalDate.now(ZoneOffset.UTC) + ".md");
    Files.write(file, lines, StandardCharsets.UTF_8);
    System.out.println("written: " + file);
  }

  private static List<String> head() {
    return List.of(
        "# Gateway, " + LocalDate.now(ZoneOffset.UTC),
        "",
        "- Command: the one in `benchmarks/README.md`",
        "- Machine: " + BenchmarkMachine.look());
  }

  private static List<String> wrk(UpInstance up, String path)
      throws IOException, InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder("wrk", "-t1", "-c32", "-d10s", "--latency", up.gateway() + path)
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      return List.of("`wrk` is not installed: not measured.");
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return List.of(
        "`wrk -t1 -c32 -d10s %s`: %s requests/s, p50 %s, p99 %s"
            .formatted(
                path,
                found("Requests/sec:\\s+(\\S+)", said),
                found("50%\\s+(\\S+)", said),
                found("99%\\s+(\\S+)", said)),
        "");
  }

  private static String found(String pattern, String text) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    return matcher.find() ? matcher.group(1) : "?";
  }
}
