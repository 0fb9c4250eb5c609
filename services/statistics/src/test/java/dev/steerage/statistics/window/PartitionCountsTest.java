package dev.steerage.statistics.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.CodeStatistics;
import dev.steerage.statistics.Histograms;
import dev.steerage.statistics.Recount;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Counts, windows, changes and restoring, compared with a recount.
class PartitionCountsTest {
  private static final WindowPlan PLAN =
      WindowPlan.of(List.of(Duration.ofSeconds(10), Duration.ofSeconds(60)), Duration.ofSeconds(1));
  private static final long BUDGET = 1L << 30;

  private final List<CodeStatistics> finals = new ArrayList<>();
  private final List<CodeStatistics> updates = new ArrayList<>();

  @Test
  void shouldReportEveryWindowOnceWhenTimePassesItsEnd() {
    PartitionCounts counts = counts(BUDGET);
    count(counts, Histograms.of("acme", "m", 0).positions(3).add(0, 8, 5, 3), 0, 1_000);
    count(counts, Histograms.of("acme", "m", 0).positions(1).add(0, 8, 2, 1), 1, 9_999);
    assertThat(finals).isEmpty();

    // The grace runs until 11,000.
    counts.advance(10_999, 2, this::finals);
    assertThat(finals).isEmpty();
    counts.advance(11_000, 3, this::finals);
    assertThat(finals)
        .singleElement()
        .satisfies(
            last -> {
              assertThat(last.complete()).isTrue();
              assertThat(last.windowStartMs()).isZero();
              assertThat(last.windowMs()).isEqualTo(10_000);
              assertThat(last.positions()).isEqualTo(4);
              assertThat(last.activations()).isEqualTo(4);
              assertThat(last.distinct()).isEqualTo(2);
              assertThat(last.deadShare()).isEqualTo(0.75);
              assertThat(last.top())
                  .extracting(CodeStatistics.CodeCount::code)
                  .containsExactly(5, 2);
            });
    counts.advance(61_000, 4, this::finals);
    assertThat(finals).hasSize(2);
    counts.advance(1_000_000, 5, this::finals);
    assertThat(finals).hasSize(2);
    assertThat(counts.dueMs()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void shouldCountRecordInsideGraceAndRefuseLaterOnes() {
    PartitionCounts counts = counts(BUDGET);
    counts.advance(10_900, 0, this::finals);
    Histograms record = Histograms.of("acme", "m", 0).positions(1).add(0, 8, 5, 1);
    assertThat(counts.count(record.key(), record.decoded(), 9_900)).isEqualTo(Admission.COUNTED);
    counts.advance(11_000, 1, this::finals);
    assertThat(finals).hasSize(1);
    assertThat(counts.count(record.key(), record.decoded(), 9_900)).isEqualTo(Admission.LATE);
  }

  @Test
  void shouldRefuseRecordThatWasAlreadyCounted() {
    PartitionCounts counts = counts(BUDGET);
    counts.advance(1, 7, this::finals);
    assertThatThrownBy(() -> counts.advance(2, 7, this::finals))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("offset=7");
  }

  @Test
  void shouldRefuseKeyOfAnotherTenantModelOrBlock() {
    PartitionCounts counts = counts(BUDGET);
    Histograms record = Histograms.of("acme", "m", 0).positions(1).add(0, 8, 5, 1);
    counts.advance(1, 0, this::finals);
    assertThat(counts.count("other/m/0", record.decoded(), 1)).isEqualTo(Admission.WRONG_KEY);
    assertThat(counts.count("acme/m/1", record.decoded(), 1)).isEqualTo(Admission.WRONG_KEY);
    assertThat(counts.count("", record.decoded(), 1)).isEqualTo(Admission.WRONG_KEY);
    assertThat(counts.count(record.key(), record.decoded(), 1)).isEqualTo(Admission.COUNTED);
    assertThat(counts.count("other/m/0", record.decoded(), 1)).isEqualTo(Admission.WRONG_KEY);
  }

  @Test
  void shouldRefuseWholeRecordBeyondBudgetAndTakeItAgainWhenWindowsAreGone() {
    StateBudget budget = new StateBudget(3 * SiteCounts.bytes(PLAN, 1_000));
    PartitionCounts counts = new PartitionCounts(PLAN, budget, 10);
    counts.logTo((_, _) -> {});
    count(counts, Histograms.of("acme", "m", 0).positions(1).add(0, 1_000, 1, 1), 0, 1);
    Histograms large = Histograms.of("acme", "large", 0).positions(1);
    for (int site = 0; site < 3; site++) {
      large.add(site, 1_000, 1, 1);
    }
    long used = budget.usedBytes();
    counts.advance(2, 1, this::finals);
    assertThat(counts.count(large.key(), large.decoded(), 2)).isEqualTo(Admission.OVER_LIMIT);
    assertThat(budget.usedBytes()).isEqualTo(used);

    counts.advance(500_000, 2, this::finals);
    assertThat(budget.usedBytes()).isZero();
    counts.advance(500_001, 3, this::finals);
    assertThat(counts.count(large.key(), large.decoded(), 500_001)).isEqualTo(Admission.COUNTED);
  }

  @Test
  void shouldRefuseCountsThatDoNotFit() {
    PartitionCounts counts = counts(BUDGET);
    Histograms huge = Histograms.of("acme", "m", 0).positions(1).add(0, 8, 5, Integer.MAX_VALUE);
    count(counts, huge, 0, 1);
    counts.advance(2, 1, this::finals);
    Histograms one = Histograms.of("acme", "m", 0).positions(1).add(0, 8, 5, 1);
    assertThat(counts.count(one.key(), one.decoded(), 2)).isEqualTo(Admission.OVER_LIMIT);
    Histograms wide =
        Histograms.of("acme", "w", 0).positions(1).add(0, PartitionCounts.CODES_MAX + 1, 5, 1);
    assertThat(counts.count(wide.key(), wide.decoded(), 2)).isEqualTo(Admission.OVER_LIMIT);
  }

  @Test
  void shouldGoRoundWhenUpdatesHitTheirLimit() {
    PartitionCounts counts = counts(BUDGET);
    for (int model = 0; model < 6; model++) {
      count(counts, Histograms.of("acme", "m" + model, 0).positions(1).add(0, 8, 5, 1), model, 5);
    }
    Set<String> models = new HashSet<>();
    for (int round = 0; round < 3; round++) {
      // Everything changes again before each round, so only the order saves the last ones.
      for (int model = 0; model < 6; model++) {
        Histograms record = Histograms.of("acme", "m" + model, 0).positions(1).add(0, 8, 5, 1);
        count(counts, record, 6 + round * 6 + model, 6);
      }
      assertThat(counts.reportOpen(4, this::updates)).isFalse();
    }
    updates.forEach(update -> models.add(update.model()));
    assertThat(models).hasSize(6);
    assertThat(updates).hasSize(12).allSatisfy(update -> assertThat(update.complete()).isFalse());
  }

  @Test
  void shouldEqualRecountOfRandomTicks() {
    for (int seed = 0; seed < 40; seed++) {
      run(seed, Load.LIGHT, false);
    }
  }

  @Test
  void shouldEqualRecountWhenRestoredFromChangelogAnywhere() {
    for (int seed = 0; seed < 40; seed++) {
      run(seed, Load.LIGHT, true);
    }
  }

  @Test
  void shouldEqualRecountWhenWholePanesAreLogged() {
    for (int seed = 0; seed < 4; seed++) {
      run(seed, Load.HEAVY, true);
    }
  }

  /// Upper bounds of what one random run draws.
  private record Load(int codes, int sites, int positions, long stepMs) {
    static final Load LIGHT = new Load(400, 5, 60, 8_000);

    /// More than a block logs before it writes a pane as a whole.
    static final Load HEAVY = new Load(3_000, 16, 600, 400);
  }

  private static List<Histograms> records(RandomGenerator random, Load load, List<Long> times) {
    List<Histograms> records = new ArrayList<>();
    long time = 1_000_000;
    int ticks = random.nextInt(50, 300);
    int codes = random.nextInt(load.codes() / 2, load.codes());
    int sites = random.nextInt(1, load.sites());
    long step = random.nextLong(1, load.stepMs());
    for (int i = 0; i < ticks; i++) {
      time += random.nextLong(step);
      times.add(time);
      records.add(
          Histograms.of("t" + random.nextInt(2), "m" + random.nextInt(2), random.nextInt(2))
              .random(random, sites, codes, random.nextInt(1, load.positions())));
    }
    return records;
  }

  /// Random ticks with random commits; with `crashes`, everything since the last commit is lost now
  /// and then and comes again, and the log is compacted at random as a broker does.
  private void run(int seed, Load load, boolean crashes) {
    RandomGenerator random = new SplittableRandom(seed);
    List<Long> times = new ArrayList<>();
    List<Histograms> records = records(random, load, times);
    Recount recount = new Recount(PLAN.sizesMs());
    for (int i = 0; i < records.size(); i++) {
      recount.add(records.get(i).decoded(), times.get(i));
    }
    int ticks = records.size();
    long time = times.getLast() + 1_000_000;

    Log log = new Log();
    List<CodeStatistics> committed = new ArrayList<>();
    Map<CodeStatistics, String> tenants = new HashMap<>();
    List<CodeStatistics> open = new ArrayList<>();
    PartitionCounts counts = log.open();
    int next = 0;
    int committedNext = 0;
    while (committedNext <= ticks) {
      StatisticsSink sink =
          (tenant, statistics) -> {
            open.add(statistics);
            tenants.put(statistics, tenant.name());
          };
      if (next <= ticks) {
        long at = next == ticks ? time : times.get(next);
        counts.advance(at, next, sink);
        if (next < ticks) {
          Histograms record = records.get(next);
          assertThat(counts.count(record.key(), record.decoded(), at)).isEqualTo(Admission.COUNTED);
        }
        next++;
      }
      if (random.nextInt(10) == 0) {
        counts.reportOpen(Integer.MAX_VALUE, this::updates);
      }
      if (next > ticks || random.nextInt(6) == 0) {
        counts.flush();
        log.commit();
        committed.addAll(open);
        open.clear();
        committedNext = next;
      } else if (crashes && random.nextInt(12) == 0) {
        log.abort();
        log.compact(random);
        open.clear();
        counts = log.open();
        next = committedNext;
      }
    }
    assertThat(committed).as("seed %s", seed).hasSize(recount.windows().size());
    committed.forEach(statistics -> recount.check(tenants.get(statistics), statistics));
    assertThat(counts.dueMs()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void shouldForgetATenantAtOnceAndCountTheOthersOn() {
    Log log = new Log();
    PartitionCounts counts = log.open();
    count(counts, Histograms.of("gone", "m", 0).positions(3).add(0, 8, 5, 3), 0, 1_000);
    count(counts, Histograms.of("gone-too", "m", 0).positions(2).add(0, 8, 5, 2), 1, 1_000);
    counts.flush();
    log.commit();
    counts.forget(new TenantId("gone"));
    counts.flush();
    log.commit();
    assertThat(counts.list(new TenantId("gone"), "m", 10_000)).isEmpty();
    assertThat(counts.list(new TenantId("gone-too"), "m", 10_000)).hasSize(1);
    // The other tenant's counts, and the clock.
    assertThat(log.compacted().values().stream().filter(value -> value != null)).hasSize(2);
  }

  @Test
  void shouldLeaveNothingInCompactedLogOfIdleTenants() {
    Log log = new Log();
    PartitionCounts counts = log.open();
    RandomGenerator random = new SplittableRandom(1);
    for (int i = 0; i < 300; i++) {
      Histograms record = Histograms.of("acme", "m", 0).random(random, 16, 3_000, 400);
      count(counts, record, i, i * 300L);
      counts.flush();
      log.commit();
    }
    assertThat(log.compacted()).hasSizeGreaterThan(2);
    counts.advance(10_000_000, 300, this::finals);
    counts.flush();
    log.commit();
    // Only the clock is left.
    assertThat(log.compacted().values().stream().filter(value -> value != null)).hasSize(1);
    assertThat(log.open().dueMs()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void shouldAnswerWithOffsetOfWhatIsCounted() {
    PartitionCounts counts = counts(BUDGET);
    TenantId acme = new TenantId("acme");
    count(counts, Histograms.of("acme", "m", 0).positions(2).add(3, 8, 5, 2), 0, 5_000);
    assertThat(counts.find(acme, "m", "L3.mlp", 10_000)).isEmpty();
    counts.flush();
    count(counts, Histograms.of("acme", "m", 0).positions(2).add(3, 8, 5, 2), 1, 5_500);
    assertThat(counts.find(acme, "m", "L3.mlp", 10_000))
        .hasValueSatisfying(
            live -> {
              assertThat(live.nextOffset()).isEqualTo(1);
              assertThat(live.statistics().activations()).isEqualTo(2);
            });
    counts.flush();
    assertThat(counts.find(acme, "m", "L3.mlp", 60_000))
        .hasValueSatisfying(
            live -> {
              assertThat(live.nextOffset()).isEqualTo(2);
              assertThat(live.asOfMs()).isEqualTo(5_500);
              assertThat(live.statistics().activations()).isEqualTo(4);
            });
    assertThat(counts.find(acme, "m", "L3.mlp", 7)).isEmpty();
    assertThat(counts.find(acme, "m", "L4.mlp", 10_000)).isEmpty();
    assertThat(counts.find(new TenantId("other"), "m", "L3.mlp", 10_000)).isEmpty();
  }

  private void count(PartitionCounts counts, Histograms record, long offset, long timeMs) {
    counts.advance(timeMs, offset, this::finals);
    assertThat(counts.count(record.key(), record.decoded(), timeMs)).isEqualTo(Admission.COUNTED);
  }

  private static PartitionCounts counts(long budget) {
    PartitionCounts counts = new PartitionCounts(PLAN, new StateBudget(budget), 10);
    counts.logTo((_, _) -> {});
    return counts;
  }

  private void finals(TenantId tenant, CodeStatistics statistics) {
    finals.add(statistics);
  }

  private void updates(TenantId tenant, CodeStatistics statistics) {
    updates.add(statistics);
  }

  /// A changelog with one open transaction.
  private static final class Log {
    private record Entry(byte[] key, byte[] value) {}

    private List<Entry> records = new ArrayList<>();
    private final List<Entry> pending = new ArrayList<>();

    PartitionCounts open() {
      PartitionCounts counts = new PartitionCounts(PLAN, new StateBudget(BUDGET), 10);
      records.forEach(entry -> counts.restore(entry.key(), entry.value()));
      counts.logTo((key, value) -> pending.add(new Entry(key, value)));
      return counts;
    }

    void commit() {
      records.addAll(pending);
      pending.clear();
    }

    void abort() {
      pending.clear();
    }

    /// Removes records before a random place that have a newer one of the same key.
    void compact(RandomGenerator random) {
      int clean = random.nextInt(records.size() + 1);
      Map<ByteBuffer, Integer> last = new HashMap<>();
      for (int i = 0; i < records.size(); i++) {
        last.put(ByteBuffer.wrap(records.get(i).key()), i);
      }
      List<Entry> kept = new ArrayList<>();
      for (int i = 0; i < records.size(); i++) {
        if (i >= clean || last.get(ByteBuffer.wrap(records.get(i).key())) == i) {
          kept.add(records.get(i));
        }
      }
      records = kept;
    }

    Map<ByteBuffer, byte[]> compacted() {
      Map<ByteBuffer, byte[]> last = new HashMap<>();
      records.forEach(entry -> last.put(ByteBuffer.wrap(entry.key()), entry.value()));
      return last;
    }
  }
}
