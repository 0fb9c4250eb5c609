package dev.steerage.systemtests.tenants;

import dev.steerage.broker.tenant.Secrets;
import dev.steerage.broker.tenant.TenantReconciler;
import dev.steerage.broker.tenant.TenantSpec;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.TenantQuota;
import dev.steerage.testkit.ScratchFolder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Tenants that want more than there is: what each gets, and what it notices of the others.
final class Sharing {
  private static final int TOKENS = 40;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String PROMPT =
      "\"model\":\"tokfsm\",\"text\":\"0102\",\"maxTokens\":"
          + TOKENS
          + ",\"capture\":{\"off\":true},\"sampling\":{\"temperature\":1,\"seed\":";

  private final String bootstrap;
  private final int runs;
  private OptionalDouble peak = OptionalDouble.empty();
  private int sent;

  /// @param runs of each comparison
  Sharing(String bootstrap, int runs) {
    this.bootstrap = bootstrap;
    this.runs = runs;
  }

  private void send(Traffic traffic, String name, long deadlineMs) {
    String deadline =
        deadlineMs > 0 ? ",\"deadlineMs\":" + (System.currentTimeMillis() + deadlineMs) : "";
    traffic.prompt(name + "-" + sent, PROMPT + sent + "}" + deadline + "}");
    sent++;
  }

  /// Sends at a rate until it is enough; whatever was missed is caught up with.
  private void openLoop(
      List<Traffic> all, String name, double perSecond, long deadlineMs, BooleanSupplier enough) {
    long begun = System.nanoTime();
    long count = 0;
    while (!enough.getAsBoolean()) {
      long due = (long) ((System.nanoTime() - begun) / 1e9 * perSecond);
      while (count < due) {
        send(all.get((int) (count % all.size())), name, deadlineMs);
        count++;
      }
      LockSupport.parkNanos(2_000_000);
    }
  }

  private static BooleanSupplier after(double seconds) {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    return () -> System.nanoTime() - end >= 0;
  }

  /// Tokens per second when nobody has to wait for long.
  private double peak() {
    if (peak.isEmpty()) {
      List<Traffic> all = open();
      long before = 0;
      long from = 0;
      for (double seconds : new double[] {5, 15}) {
        before = all.stream().mapToLong(Traffic::tokens).sum();
        from = System.nanoTime();
        BooleanSupplier enough = after(seconds);
        while (!enough.getAsBoolean()) {
          for (Traffic one : all) {
            while (one.underWay() < 24) {
              send(one, "peak", 0);
            }
          }
          LockSupport.parkNanos(1_000_000);
        }
      }
      long tokens = all.stream().mapToLong(Traffic::tokens).sum() - before;
      peak = OptionalDouble.of(tokens / ((System.nanoTime() - from) / 1e9));
      all.forEach(one -> one.awaitAll(PATIENCE));
      all.forEach(Traffic::close);
    }
    return peak.getAsDouble();
  }

  private List<Traffic> open() {
    return open(TenantsBenchmark.TENANTS);
  }

  private List<Traffic> open(int tenants) {
    List<Traffic> all = new ArrayList<>();
    for (int i = 0; i < tenants; i++) {
      all.add(new Traffic(bootstrap, TenantsBenchmark.tenant(i)));
    }
    return all;
  }

  List<String> fairness() throws IOException {
    double best = peak();
    List<String> lines =
        new ArrayList<>(
            List.of(
                "",
                "## Fairness at ten times the load",
                "",
                "8 equal tenants, prompts of %d tokens, deadline 5 s. Peak: %,.0f tokens/s."
                    .formatted(TOKENS, best),
                "",
                "| run | Jain | goodput, share of peak | all tokens written, share of peak |"
                    + " requests complete | expired | MiB |",
                "|---|---|---|---|---|---|---|"));
    for (int run = 1; run <= runs; run++) {
      List<Traffic> all = open();
      long begun = System.nanoTime();
      openLoop(all, "over" + run, 10 * best / TOKENS, 5_000, after(20));
      double seconds = (System.nanoTime() - begun) / 1e9;
      // What ended later does not count: only the time of overload.
      long last = System.nanoTime();
      double sum = 0;
      double squares = 0;
      for (Traffic one : all) {
        double got =
            one.runs().values().stream()
                    .filter(request -> request.isComplete() && request.endedNs <= last)
                    .count()
                * TOKENS;
        sum += got;
        squares += got * got;
      }
      long written = all.stream().mapToLong(Traffic::tokens).sum();
      long memory = TenantsBenchmark.residentMib();
      all.forEach(one -> one.awaitAll(PATIENCE));
      long expired =
          all.stream()
              .flatMap(one -> one.runs().values().stream())
              .filter(request -> !request.isComplete())
              .count();
      lines.add(
          "| %d | %.3f | %.0f %% | %.0f %% | %,.0f | %,d | %,d |"
              .formatted(
                  run,
                  sum * sum / (all.size() * squares),
                  100 * sum / seconds / best,
                  100 * written / seconds / best,
                  sum / TOKENS,
                  expired,
                  memory));
      all.forEach(Traffic::close);
    }
    return lines;
  }

  /// All of so many tenants ask for half of what can be served, and then for twice as much.
  List<String> many(int tenants) throws IOException {
    double best = peak();
    List<String> lines =
        new ArrayList<>(
            List.of(
                "",
                "## Traffic of %d tenants".formatted(tenants),
                "",
                "Peak with 8 of them: %,.0f tokens/s. Deadline 10 s.".formatted(best),
                "",
                "| load, share of peak | tokens/s | first token p50 ms | p99 | requests complete |"
                    + " expired | Jain |",
                "|---|---|---|---|---|---|---|"));
    for (double share : new double[] {0.5, 2}) {
      List<Traffic> all = open(tenants);
      openLoop(all, "many" + share, share * best / TOKENS, 10_000, after(20));
      long tokens = all.stream().mapToLong(Traffic::tokens).sum();
      all.forEach(one -> one.awaitAll(PATIENCE));
      List<Traffic.Run> requests =
          all.stream().flatMap(one -> one.runs().values().stream()).toList();
      double[] first =
          requests.stream()
              .filter(Traffic.Run::isComplete)
              .mapToDouble(Traffic.Run::firstMs)
              .toArray();
      double[] got =
          all.stream()
              .mapToDouble(
                  one -> one.runs().values().stream().filter(Traffic.Run::isComplete).count())
              .toArray();
      lines.add(
          "| %.1f | %,.0f | %.1f | %.1f | %,d | %,d | %.3f |"
              .formatted(
                  share,
                  tokens / 20.0,
                  Traffic.quantile(first, 0.5),
                  Traffic.quantile(first, 0.99),
                  first.length,
                  requests.size() - first.length,
                  jain(got)));
      all.forEach(Traffic::close);
    }
    lines.add("");
    lines.add("Afterwards: " + ControlPlane.cost());
    return lines;
  }

  private static double jain(double[] shares) {
    double sum = Arrays.stream(shares).sum();
    return sum * sum / (shares.length * Arrays.stream(shares).map(x -> x * x).sum());
  }

  private void quota(TenantId tenant, OptionalDouble tokensPerSecond) {
    var quota =
        new TenantQuota(
            tenant.name(), 1, tokensPerSecond, OptionalInt.empty(), OptionalInt.empty());
    try (ScratchFolder secrets = ScratchFolder.create();
        TenantReconciler reconciler =
            new TenantReconciler(
                Map.of("bootstrap.servers", bootstrap), new Secrets(secrets.path()))) {
      var none =
          new TenantSpec.Quotas(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
      reconciler.reconcile(List.of(new TenantSpec(tenant, false, none, quota)));
    }
  }

  List<String> neighbour() {
    double quota = peak() / 4;
    TenantId quiet = TenantsBenchmark.tenant(0);
    TenantId loud = TenantsBenchmark.tenant(1);
    quota(quiet, OptionalDouble.of(quota));
    quota(loud, OptionalDouble.of(quota));
    List<String> lines =
        new ArrayList<>(
            List.of(
                "",
                "## A neighbour at ten times its quota",
                "",
                "Both have %,.0f tokens/s, a quarter of the peak; one uses half of it."
                    .formatted(quota),
                "",
                "| neighbour | first token p50 ms | p99 | whole request p50 ms | p99 |"
                    + " neighbour's tokens/s |",
                "|---|---|---|---|---|---|"));
    for (int run = 1; run <= runs; run++) {
      for (boolean isLoud : new boolean[] {false, true}) {
        try (var a = new Traffic(bootstrap, quiet);
            var b = new Traffic(bootstrap, loud)) {
          BooleanSupplier enough = after(15);
          Thread other =
              Thread.ofPlatform()
                  .start(
                      () -> {
                        if (isLoud) {
                          openLoopOther(b, 10 * quota / TOKENS, enough);
                        }
                      });
          openLoop(List.of(a), "quiet", quota / 2 / TOKENS, 0, enough);
          other.join();
          a.awaitAll(PATIENCE);
          double[] first = a.runs().values().stream().mapToDouble(Traffic.Run::firstMs).toArray();
          double[] whole =
              a.runs().values().stream().mapToDouble(r -> (r.endedNs - r.sentNs) / 1e6).toArray();
          lines.add(
              "| %s | %.1f | %.1f | %.1f | %.1f | %,.0f |"
                  .formatted(
                      isLoud ? "10 times its quota" : "absent",
                      Traffic.quantile(first, 0.5),
                      Traffic.quantile(first, 0.99),
                      Traffic.quantile(whole, 0.5),
                      Traffic.quantile(whole, 0.99),
                      b.tokens() / 15.0));
          b.awaitAll(PATIENCE);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
    quota(quiet, OptionalDouble.empty());
    quota(loud, OptionalDouble.empty());
    return lines;
  }

  private static void openLoopOther(Traffic traffic, double perSecond, BooleanSupplier enough) {
    long begun = System.nanoTime();
    long count = 0;
    while (!enough.getAsBoolean()) {
      long due = (long) ((System.nanoTime() - begun) / 1e9 * perSecond);
      for (; count < due; count++) {
        String deadline = ",\"deadlineMs\":" + (System.currentTimeMillis() + 3_000) + "}";
        traffic.prompt("loud-" + begun + "-" + count, PROMPT + count + "}" + deadline);
      }
      LockSupport.parkNanos(2_000_000);
    }
  }

  List<String> creation() {
    double rate = peak() / 4 / TOKENS;
    List<String> lines =
        new ArrayList<>(
            List.of(
                "",
                "## Tenants come and go",
                "",
                "%.0f requests/s of one tenant meanwhile, a quarter of the peak.".formatted(rate),
                "",
                "| other tenants | made and deleted | first token p50 ms | p99 |"
                    + " first answer of a new one, s, worst |",
                "|---|---|---|---|---|"));
    for (int run = 1; run <= runs; run++) {
      for (boolean isBusy : new boolean[] {false, true}) {
        try (var a = new Traffic(bootstrap, TenantsBenchmark.tenant(0))) {
          BooleanSupplier enough = after(20);
          var made = new Made();
          Thread other =
              Thread.ofPlatform()
                  .start(
                      () -> {
                        if (isBusy) {
                          comeAndGo(made, enough);
                        }
                      });
          openLoop(List.of(a), "steady", rate, 0, enough);
          other.join();
          a.awaitAll(PATIENCE);
          double[] first = a.runs().values().stream().mapToDouble(Traffic.Run::firstMs).toArray();
          lines.add(
              "| %s | %d | %.1f | %.1f | %s |"
                  .formatted(
                      isBusy ? "come and go" : "none",
                      made.count,
                      Traffic.quantile(first, 0.5),
                      Traffic.quantile(first, 0.99),
                      isBusy ? "%.2f".formatted(made.worstSeconds) : ""));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
    return lines;
  }

  private static final class Made {
    private int count;
    private double worstSeconds;
  }

  private void comeAndGo(Made made, BooleanSupplier enough) {
    try (ScratchFolder secrets = ScratchFolder.create();
        TenantReconciler reconciler =
            new TenantReconciler(
                Map.of("bootstrap.servers", bootstrap), new Secrets(secrets.path()))) {
      while (!enough.getAsBoolean()) {
        var tenant = new TenantId("guest-" + TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
        long begun = System.nanoTime();
        reconciler.reconcile(List.of(TenantSpec.of(tenant)));
        try (var guest = new Traffic(bootstrap, tenant)) {
          send(guest, "hello", 0);
          guest.awaitAll(PATIENCE);
          double first =
              guest.runs().values().iterator().next().firstNs == 0
                  ? Double.NaN
                  : (guest.runs().values().iterator().next().firstNs - begun) / 1e9;
          made.worstSeconds = Math.max(made.worstSeconds, first);
        }
        reconciler.delete(tenant);
        made.count++;
      }
    }
  }
}
