package dev.steerage.systemtests.tenants;

import dev.steerage.broker.BrokerConfig;
import dev.steerage.broker.BrokerException;
import dev.steerage.broker.EmbeddedBroker;
import dev.steerage.broker.tenant.Secrets;
import dev.steerage.broker.tenant.TenantReconciler;
import dev.steerage.broker.tenant.TenantSpec;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.testkit.ScratchFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Many tenants on one broker with passwords and ACLs: how long until all are there, how long until
/// nothing is left to do, and what they cost.
final class ControlPlane {
  private ControlPlane() {}

  static List<String> run(int tenants) throws IOException {
    List<String> lines = new ArrayList<>(List.of("", "## Control plane", ""));
    try (ScratchFolder folder = ScratchFolder.create()) {
      var config = BrokerConfig.of(folder.path().resolve("broker")).secure();
      var secrets = new Secrets(folder.path().resolve("secrets"));
      try (EmbeddedBroker broker = EmbeddedBroker.start(config);
          var reconciler = new TenantReconciler(broker.adminProperties(), secrets)) {
        reconciler.reconcileServices();
        lines.add("Before: " + cost());
        int made = make(reconciler, tenants, lines);
        long begun = System.nanoTime();
        int changes = reconciler.reconcile(specs(made)).size();
        lines.add("");
        lines.add(
            "Again, nothing to change: %.1f s, %d changes".formatted(seconds(begun), changes));
        begun = System.nanoTime();
        reconciler.reconcile(List.of(TenantSpec.of(new TenantId("one-more"))));
        lines.add("");
        lines.add("One more: %.2f s".formatted(seconds(begun)));
      }
      long begun = System.nanoTime();
      try (EmbeddedBroker _ = EmbeddedBroker.start(config)) {
        lines.add("");
        lines.add("Broker started again with them: %.1f s".formatted(seconds(begun)));
      }
    }
    return lines;
  }

  private static List<TenantSpec> specs(int tenants) {
    return IntStream.range(0, tenants)
        .mapToObj(i -> TenantSpec.of(new TenantId("tenant-" + i)))
        .toList();
  }

  /// @return how many were made
  private static int make(TenantReconciler reconciler, int tenants, List<String> lines)
      throws IOException {
    List<TenantSpec> all = specs(tenants);
    long begun = System.nanoTime();
    int made = 0;
    lines.add("");
    try {
      // In parts, so that it is known how far it came.
      while (made < tenants) {
        int next = Math.min(tenants, made + 50);
        reconciler.reconcile(all.subList(made, next));
        made = next;
      }
      lines.add("%,d tenants made in %.1f s: %s".formatted(made, seconds(begun), cost()));
    } catch (BrokerException e) {
      lines.add(
          "Ended at %,d of %,d tenants after %.1f s: %s; %s"
              .formatted(made, tenants, seconds(begun), e.getMessage(), cost()));
    }
    return made;
  }

  private static double seconds(long sinceNs) {
    return (System.nanoTime() - sinceNs) / 1e9;
  }

  static String cost() throws IOException {
    return "%,d open files, %,d memory maps, %,d MiB resident"
        .formatted(
            entries(Path.of("/proc/self/fd")),
            lines(Path.of("/proc/self/maps")),
            TenantsBenchmark.residentMib());
  }

  private static long entries(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return -1;
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.count();
    }
  }

  private static long lines(Path file) throws IOException {
    if (!Files.exists(file)) {
      return -1;
    }
    try (Stream<String> all = Files.lines(file)) {
      return all.count();
    }
  }
}
