package dev.steerage.systemtests.tenants;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.local.LocalInstance;
import dev.steerage.local.UpConfig;
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
import java.util.stream.Stream;

/// Measures what tenants cost each other, and writes the day's file. Parts: `fairness`,
/// `neighbour`, `creation`, `interference`, `control-plane`.
public final class TenantsBenchmark {
  static final int TENANTS = 8;

  private TenantsBenchmark() {}

  /// @param args parts, `--tenants=N` for the control plane, and what else ran on the machine
  public static void main(String[] args) throws Exception {
    List<String> parts = Stream.of(args).filter(arg -> !arg.contains(" ")).toList();
    String load = Stream.of(args).filter(arg -> arg.contains(" ")).findFirst().orElse("not said");
    int tenants =
        parts.stream()
            .filter(part -> part.startsWith("--tenants="))
            .mapToInt(part -> Integer.parseInt(part.substring("--tenants=".length())))
            .findFirst()
            .orElse(1_000);
    Path results = Path.of(System.getProperty("results"));
    List<String> lines = new ArrayList<>(head(load));
    if (isAsked(parts, "fairness") || isAsked(parts, "neighbour") || isAsked(parts, "creation")) {
      try (ScratchFolder folder = ScratchFolder.create();
          LocalInstance instance = start(folder)) {
        var sharing = new Sharing(instance.bootstrap());
        if (isAsked(parts, "fairness")) {
          lines.addAll(sharing.fairness());
        }
        if (isAsked(parts, "neighbour")) {
          lines.addAll(sharing.neighbour());
        }
        if (isAsked(parts, "creation")) {
          lines.addAll(sharing.creation());
        }
      }
    }
    if (isAsked(parts, "interference")) {
      lines.addAll(interference());
    }
    if (isAsked(parts, "control-plane")) {
      lines.addAll(ControlPlane.run(tenants));
    }
    lines.forEach(System.out::println);
    Files.createDirectories(results);
    Path file = results.resolve(LocalDate.now(ZoneOffset.UTC) + "-tenants.md");
    Files.write(file, lines, StandardCharsets.UTF_8);
    System.out.println("written: " + file);
    System.exit(0);
  }

  private static boolean isAsked(List<String> parts, String part) {
    return parts.stream().allMatch(given -> given.startsWith("--")) || parts.contains(part);
  }

  private static LocalInstance start(ScratchFolder folder) {
    return LocalInstance.start(
        new UpConfig(
            folder.path(),
            0,
            List.of(Path.of(System.getProperty("models")).resolve("tokfsm")),
            IntStream.range(0, TENANTS).mapToObj(TenantsBenchmark::tenant).toList(),
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

  private static List<String> head(String otherLoad) throws IOException {
    String cpu = "unknown";
    Path info = Path.of("/proc/cpuinfo");
    if (Files.exists(info)) {
      cpu =
          Files.readAllLines(info).stream()
              .filter(line -> line.startsWith("model name"))
              .map(line -> line.substring(line.indexOf(':') + 1).strip())
              .findFirst()
              .orElse(cpu);
    }
    Path load = Path.of("/proc/loadavg");
    return List.of(
        "# Tenants, " + LocalDate.now(ZoneOffset.UTC),
        "",
        "- Command: the one in `benchmarks/README.md`",
        "- Machine: "
            + Runtime.getRuntime().availableProcessors()
            + " cores, "
            + cpu
            + ", "
            + System.getProperty("os.name")
            + " "
            + System.getProperty("os.arch"),
        "- JVM: " + Runtime.version() + ", broker, services and clients in it",
        "- What else ran: " + otherLoad,
        "- Load before: " + (Files.exists(load) ? Files.readString(load).strip() : "unknown"));
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
