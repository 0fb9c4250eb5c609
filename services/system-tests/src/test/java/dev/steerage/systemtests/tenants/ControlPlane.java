package dev.steerage.systemtests.tenants;

import dev.steerage.broker.BrokerConfig;
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
    try (ScratchFolder folder = ScratchFolder.create();
        EmbeddedBroker broker =
            EmbeddedBroker.start(BrokerConfig.of(folder.path().resolve("broker")).secure());
        TenantReconciler reconciler =
            new TenantReconciler(
                broker.adminProperties(), new Secrets(folder.path().resolve("secrets")))) {
      reconciler.reconcileServices();
      List<TenantSpec> all =
          IntStream.range(0, tenants)
              .mapToObj(i -> TenantSpec.of(new TenantId("tenant-" + i)))
              .toList();
      lines.add("Before: " + cost());
      long begun = System.nanoTime();
      int done = 0;
      try {
        for (int at = 0; at < tenants; at += 50) {
          reconciler.reconcile(all.subList(at, Math.min(tenants, at + 50)));
          done = Math.min(tenants, at + 50);
        }
        lines.add("");
        lines.add("%,d tenants made in %.1f s: %s".formatted(done, seconds(begun), cost()));
      } catch (RuntimeException e) {
        lines.add(
            "Ended at %,d of %,d tenants after %.1f s: %s; %s"
                .formatted(done, tenants, seconds(begun), e.getMessage(), cost()));
      }
      begun = System.nanoTime();
      int changes = reconciler.reconcile(all.subList(0, done)).size();
      lines.add("");
      lines.add("Again, nothing to change: %.1f s, %d changes".formatted(seconds(begun), changes));
      begun = System.nanoTime();
      reconciler.reconcile(List.of(TenantSpec.of(new TenantId("one-more"))));
      lines.add("");
      lines.add("One more: %.2f s".formatted(seconds(begun)));
    }
    return lines;
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
