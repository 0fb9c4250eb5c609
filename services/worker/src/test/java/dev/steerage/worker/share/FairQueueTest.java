package dev.steerage.worker.share;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.testkit.ForAll;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

class FairQueueTest {
  private static final TenantId A = new TenantId("a");
  private static final TenantId B = new TenantId("b");

  /// Something that waits.
  private record Item(TenantId tenant, int number, long cost) {}

  private static FairQueue<Item> queue(ToIntFunction<TenantId> weight) {
    return new FairQueue<>(Item::tenant, Item::cost, weight, 100);
  }

  /// Takes so many, as a batch does that has so many free places.
  private static List<Item> take(FairQueue<Item> queue, int places) {
    List<Item> taken = new ArrayList<>();
    queue.serve(
        _ -> true,
        item -> {
          if (taken.size() == places) {
            return FairQueue.Answer.FULL;
          }
          taken.add(item);
          return FairQueue.Answer.TAKEN;
        });
    return taken;
  }

  @Test
  void shouldServeALateTenantBeforeTheBacklogOfAnother() {
    FairQueue<Item> queue = queue(_ -> 1);
    for (int i = 0; i < 1_000; i++) {
      queue.add(new Item(A, i, 100));
    }
    take(queue, 5);
    queue.add(new Item(B, 0, 100));
    assertThat(take(queue, 2)).extracting(Item::tenant).contains(B);
  }

  @Test
  void shouldGiveTenantsWhatTheirWeightsSayWhateverTheirRequestsCost() {
    FairQueue<Item> queue = queue(tenant -> tenant.equals(A) ? 3 : 1);
    for (int i = 0; i < 4_000; i++) {
      queue.add(new Item(A, i, 90));
      queue.add(new Item(B, i, 10));
    }
    Map<TenantId, Long> spent = new HashMap<>();
    for (int step = 0; step < 1_000; step++) {
      take(queue, 1).forEach(item -> spent.merge(item.tenant(), item.cost(), Long::sum));
    }
    assertThat((double) spent.get(A) / spent.get(B)).isBetween(2.8, 3.2);
  }

  @Test
  void shouldBeFairToEightEqualTenantsOfWhomOneSendsTenTimesAsMuch() {
    FairQueue<Item> queue = queue(_ -> 1);
    Map<TenantId, Long> served = new HashMap<>();
    ForAll.cases(20)
        .check(
            random -> {
              served.clear();
              for (int round = 0; round < 2_000; round++) {
                for (int t = 0; t < 8; t++) {
                  for (int i = 0; i < (t == 0 ? 10 : 1); i++) {
                    queue.add(new Item(new TenantId("t" + t), round, 10 + random.nextInt(250)));
                  }
                }
                take(queue, 1).forEach(item -> served.merge(item.tenant(), item.cost(), Long::sum));
              }
              assertThat(jain(served)).isGreaterThan(0.98);
            });
  }

  private static double jain(Map<TenantId, Long> served) {
    double sum = 0;
    double squares = 0;
    for (long x : served.values()) {
      sum += x;
      squares += (double) x * x;
    }
    return sum * sum / (8 * squares);
  }

  @Test
  void shouldServeEveryItemOnceAndATenantsItemsInOrder() {
    ForAll.cases(200)
        .check(
            random -> {
              FairQueue<Item> queue = queue(tenant -> 1 + tenant.name().length() % 3);
              Set<Item> waiting = new HashSet<>();
              Map<TenantId, Integer> last = new HashMap<>();
              for (int i = 0; i < 300; i++) {
                var item =
                    new Item(new TenantId("t" + random.nextInt(9)), i, 1 + random.nextInt(1_000));
                queue.add(item);
                waiting.add(item);
                if (random.nextInt(10) == 0) {
                  assertThat(queue.remove(item)).isTrue();
                  waiting.remove(item);
                }
                for (Item taken : take(queue, random.nextInt(3))) {
                  assertThat(waiting.remove(taken)).isTrue();
                  Integer before = last.put(taken.tenant(), taken.number());
                  assertThat(before == null || before < taken.number()).isTrue();
                }
              }
              assertThat(new HashSet<>(queue.all())).isEqualTo(waiting);
              assertThat(take(queue, Integer.MAX_VALUE)).hasSize(waiting.size());
              assertThat(queue.all()).isEmpty();
            });
  }

  @Test
  void shouldPassOverATenantThatHasEnoughAndWhatIsNotReady() {
    FairQueue<Item> queue = queue(_ -> 1);
    for (int i = 0; i < 10; i++) {
      queue.add(new Item(A, i, 1));
      queue.add(new Item(B, i, 1));
    }
    List<Item> taken = new ArrayList<>();
    queue.serve(
        item -> item.number() != 0,
        item -> {
          if (item.tenant().equals(A)) {
            return FairQueue.Answer.ENOUGH;
          }
          taken.add(item);
          return FairQueue.Answer.TAKEN;
        });
    assertThat(taken).hasSize(9).allMatch(item -> item.tenant().equals(B) && item.number() > 0);
    assertThat(queue.all()).hasSize(11);
  }

  @Test
  void shouldServeWhatIsUrgentFirst() {
    FairQueue<Item> queue = queue(_ -> 1);
    queue.add(new Item(A, 1, 1));
    queue.addUrgent(new Item(B, 2, 1_000_000));
    assertThat(take(queue, 1)).extracting(Item::number).containsExactly(2);
  }
}
