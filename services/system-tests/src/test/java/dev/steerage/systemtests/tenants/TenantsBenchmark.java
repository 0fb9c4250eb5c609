package dev.steerage.systemtests.tenants;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.local.LocalInstance;
import dev.steerage.local.UpConfig;
import dev.steerage.testkit.BenchmarkMachine;
import dev.steerage.testkit.ScratchFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// Measures what tenants cost each other, and writes the day's file. Parts: `fairness`,
/// `neighbour`, `creation`, `interference`, `control-plane`.
public final class TenantsBenchmark {
  static final int TENANTS = 8;
  private static final int HUNDRED = 100;

  private TenantsBenchmark() {}

  /// @param args parts, `--tenants=N` for the control plane, `--runs=N` of each comparison
  public static void main(String[] args) throws Exception {
    List<String> parts = List.of(args);
    int tenants = number(parts, "--tenants=", 1_000);
    int runs = number(parts, "--runs=", 1);
    var report = new Report(Path.of(System.getProperty("results")));
    report.add(head());
    if (isAsked(parts, "fairness") || isAsked(parts, "neighbour") || isAsked(parts, "creation")) {
      try (ScratchFolder folder = ScratchFolder.create();
          LocalInstance instance = start(folder)) {
        var sharing = new Sharing(instance.bootstrap(), runs);
        if (isAsked(parts, "fairness")) {
          report.add(sharing.fairness());
        }
        if (isAsked(parts, "neighbour")) {
          report.add(sharing.neighbour());
        }
        if (isAsked(parts, "creation")) {
          report.add(sharing.creation());
        }
      }
    }
    if (isAsked(parts, "hundred")) {
      try (ScratchFolder folder = ScratchFolder.create();
          LocalInstance instance = start(folder, HUNDRED)) {
        report.add(new Sharing(instance.bootstrap(), runs).many(HUNDRED));
      } catch (RuntimeException | AssertionError e) {
        // The parts after it are worth having all the same.
        report.add(List.of("", "## Traffic of 100 tenants", "", "Ended: " + e));
      }
    }
    if (isAsked(parts, "interference")) {
      report.add(interference());
    }
    if (isAsked(parts, "control-plane")) {
      report.add(ControlPlane.run(tenants));
    }
    System.exit(0);
  }

  /// The day's file, written anew after each part: who is cut off has what was measured.
  private record Report(Path folder, List<String> lines) {
    Report(Path folder) {
      this(folder, new ArrayList<>());
    }

    void add(List<String> part) throws IOException {
      part.forEach(System.out::println);
      lines.addAll(part);
      Files.createDirectories(folder);
      Path file = folder.resolve(LocalDate.now(ZoneOffset.UTC) + "-tenants.md");
      Files.write(file, lines, StandardCharsets.UTF_8);
      System.out.println("written: " + file);
    }
  }

  private static int number(List<String> parts, String option, int otherwise) {
    return parts.stream()
        .filter(part -> part.startsWith(option))
        .mapToInt(part -> Integer.parseInt(part.substring(option.length())))
        .findFirst()
        .orElse(otherwise);
  }

  private static boolean isAsked(List<String> parts, String part) {
    return parts.stream().allMatch(given -> given.startsWith("--")) || parts.contains(part);
  }

  private static LocalInstance start(ScratchFolder folder) {
    return start(folder, TENANTS);
  }

  private static LocalInstance start(ScratchFolder folder, int tenants) {
    return LocalInstance.start(
        new UpConfig(
            folder.path(),
            0,
            List.of(Path.of(System.getProperty("models")).resolve("tokfsm")),
            IntStream.range(0, tenants).mapToObj(TenantsBenchmark::tenant).toList(),
            "auto",
            OptionalInt.of(0),
            false));
  }

  static TenantId tenant(int number) {
    return new TenantId("t" + number);
  }

  private static List<String> interference() {
    List<String> lines = new ArrayList<>(List.of("", "## Non-interference", ""));
    try (ScratchFolder folder = ScratchFolder.create();
        LocalInstance instance = start(folder)) {
      Interference.Outcome outcome =
          new Interference(instance.bootstrap(), tenant(0), tenant(1), 2_000).run();
      lines.add(
          "2,000 requests (%,d tokens) of one tenant in each of four phases, the other absent,"
                  .formatted(outcome.tokens())
              + " flooding, cancelling, sending hostile rules (%,d requests of it):"
                  .formatted(outcome.neighbour()));
      lines.add(
          "tokens, log-probabilities and alternatives differ in **"
              + outcome.different().size()
              + "** requests.");
      outcome.different().stream().limit(10).forEach(line -> lines.add("- " + line));
    }
    return lines;
  }

  private static List<String> head() {
    return List.of(
        "# Tenants, " + LocalDate.now(ZoneOffset.UTC),
        "",
        "- Command: the one in `benchmarks/README.md`",
        "- Machine: " + BenchmarkMachine.look() + "; broker, services and clients in one process");
  }

  /// A value of `/proc/self/status` in MiB.
  static long residentMib() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return -1;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElse(-1);
  }
}
