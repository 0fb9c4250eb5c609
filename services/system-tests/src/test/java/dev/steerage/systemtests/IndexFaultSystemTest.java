package dev.steerage.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.aeron.IndexClient;
import dev.steerage.schemas.aeron.IndexClientConfig;
import dev.steerage.schemas.index.IndexDigest;
import dev.steerage.schemas.index.LookupException;
import dev.steerage.testkit.Await;
import dev.steerage.testkit.BenchmarkMachine;
import dev.steerage.testkit.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The index is killed 30 times under load: it always comes back to what the records say, and the
/// workers do not notice. Leaves a dated result in the benchmarks of the index.
///
/// The rate while it is away is compared with windows of the same length just before each kill, so
/// that what drifts on the machine touches both.
class IndexFaultSystemTest {
  // `-Dkills=N` for a machine where 30 take too long.
  private static final int KILLS = Integer.getInteger("kills", 30);
  private static final int REQUESTS = 16;
  private static final Duration WINDOW = Duration.ofSeconds(4);
  private static final Duration DEADLINE = Duration.ofMinutes(3);
  private static final double MOST_LOST = 0.05;

  private final List<long[]> present = new ArrayList<>();
  private final List<long[]> away = new ArrayList<>();

  @Test
  @Tag("long")
  @Timeout(1800)
  void shouldComeBackToTheRecordsHoweverOftenItIsKilled() throws Exception {
    BenchmarkMachine machine = BenchmarkMachine.look();
    try (var cluster = Cluster.start();
        var load = new SteadyLoad(cluster.bootstrap(), REQUESTS)) {
      for (int kill = 0; kill < KILLS; kill++) {
        awaitCaughtUp(cluster);
        present.add(window());
        cluster.process("index").kill();
        away.add(window());
        cluster.startIndex();
      }
      load.end(DEADLINE);
      IndexDigest survivor = settled(cluster);
      double lost = 1 - rate(load, away) / rate(load, present);
      IndexDigest fresh = fromNothing(cluster);
      write(load, lost, survivor, fresh, machine);

      assertThat(fresh).isEqualTo(survivor);
      assertThat(lost).as("share of the token rate lost while it was away").isLessThan(MOST_LOST);
    }
  }

  /// Passes some time; from and to, as broker time.
  private static long[] window() {
    long from = System.currentTimeMillis();
    Await.until(
        "the end of a window",
        WINDOW.multipliedBy(5),
        () -> System.currentTimeMillis() - from >= WINDOW.toMillis());
    return new long[] {from, System.currentTimeMillis()};
  }

  private static double rate(SteadyLoad load, List<long[]> windows) {
    long tokens = 0;
    long ms = 0;
    for (long[] window : windows) {
      tokens += load.tokens(window[0], window[1]);
      ms += window[1] - window[0];
    }
    return tokens * 1e3 / ms;
  }

  private static IndexClient client(Cluster cluster) {
    return new IndexClient(IndexClientConfig.of(cluster.aeronFolder()));
  }

  private static void awaitCaughtUp(Cluster cluster) {
    try (var client = client(cluster)) {
      Await.until("catch-up", DEADLINE, () -> isCaughtUp(client));
    }
  }

  private static boolean isCaughtUp(IndexClient client) {
    try {
      return client.status(Optional.empty()).caughtUp();
    } catch (LookupException e) {
      return false;
    }
  }

  /// The digest when two looks, a second apart, find the same.
  private static IndexDigest settled(Cluster cluster) {
    awaitCaughtUp(cluster);
    try (var client = client(cluster)) {
      var last = new IndexDigest[] {client.digest(Optional.of(TenantId.DEFAULT))};
      Await.until(
          "an index that has read everything",
          DEADLINE,
          () -> {
            long next = System.currentTimeMillis() + 1_000;
            Await.until("a second", WINDOW, () -> System.currentTimeMillis() >= next);
            IndexDigest before = last[0];
            last[0] = client.digest(Optional.of(TenantId.DEFAULT));
            return last[0].equals(before);
          });
      return last[0];
    }
  }

  /// What an index says that never saw a live frame and never took a snapshot.
  private static IndexDigest fromNothing(Cluster cluster) throws IOException {
    ChildJvm index = cluster.process("index");
    index.kill();
    cluster.dropSnapshots();
    cluster.startIndex();
    return settled(cluster);
  }

  private void write(
      SteadyLoad load,
      double lost,
      IndexDigest survivor,
      IndexDigest fresh,
      BenchmarkMachine machine)
      throws IOException {
    String today = LocalDate.now(ZoneOffset.UTC).toString();
    long offsets = survivor.partitions().stream().mapToLong(each -> each.nextOffset()).sum();
    String text =
        String.format(
            Locale.ROOT,
            """
            # %s: the index killed %d times under load

            `./mvnw -pl services/system-tests -am verify -Plong -Dit.test=IndexFaultSystemTest -Dtest=none \
            -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false`

            %s.
            Broker, admission, two workers of `tokfsm`, statistics and index as processes of their own; %d requests
            run all the time, %,d in all; windows of %d s before each kill and while the index was away.

            | index | tokens per second |
            |---|---|
            | there | %.0f |
            | away | %.0f |

            Lost while it was away: %.1f %% (at most 5 %%). Digest of the survivor (offsets add up to %,d) and of an index
            built from nothing: %s.
            """,
            today,
            KILLS,
            machine,
            REQUESTS,
            load.sent(),
            WINDOW.toSeconds(),
            rate(load, present),
            rate(load, away),
            100 * lost,
            offsets,
            survivor.equals(fresh) ? "the same" : "**different**");
    Path folder = Programs.models().resolve("../../services/code-index/benchmarks/results");
    Files.writeString(folder.resolve(today + "-faults.md"), text);
  }
}
