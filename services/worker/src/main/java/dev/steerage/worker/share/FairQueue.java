package dev.steerage.worker.share;

import dev.steerage.domain.tenant.TenantId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/// What waits, served tenant by tenant: deficit round robin. In every round a tenant may spend as
/// much as its weight says, whatever the others have waiting; what it could not spend because its
/// next item costs more is kept for the next round. Within a tenant, first come, first served.
///
/// For one thread.
public final class FairQueue<T> {
  private final Function<T, TenantId> tenantOf;
  private final ToLongFunction<T> costOf;
  private final ToIntFunction<TenantId> weightOf;
  private final long quantum;

  private final LinkedHashSet<T> urgent = new LinkedHashSet<>();
  private final Map<TenantId, Lane<T>> lanes = new HashMap<>();
  private final Deque<Lane<T>> ring = new ArrayDeque<>();

  /// What became of an item that was offered a place.
  public enum Answer {
    /// It has left the queue.
    TAKEN,
    /// Its tenant has enough for now; others may go on.
    ENOUGH,
    /// There is no place for anybody.
    FULL
  }

  /// One tenant's items.
  private static final class Lane<T> {
    private final TenantId tenant;
    private final LinkedHashSet<T> items = new LinkedHashSet<>();
    private long deficit;
    private boolean granted;

    Lane(TenantId tenant) {
      this.tenant = tenant;
    }
  }

  /// @param quantum what a tenant of weight 1 may spend in a round
  public FairQueue(
      Function<T, TenantId> tenantOf,
      ToLongFunction<T> costOf,
      ToIntFunction<TenantId> weightOf,
      long quantum) {
    if (quantum < 1) {
      throw new IllegalArgumentException("quantum=" + quantum + ", limit=1..");
    }
    this.tenantOf = tenantOf;
    this.costOf = costOf;
    this.weightOf = weightOf;
    this.quantum = quantum;
  }

  /// Before everybody: somebody has seen its beginning.
  public void addUrgent(T item) {
    urgent.addFirst(item);
  }

  public void add(T item) {
    TenantId tenant = tenantOf.apply(item);
    Lane<T> lane = lanes.get(tenant);
    if (lane == null) {
      lane = new Lane<>(tenant);
      lanes.put(tenant, lane);
      ring.addLast(lane);
    }
    lane.items.add(item);
  }

  /// @return whether it was here
  public boolean remove(T item) {
    if (urgent.remove(item)) {
      return true;
    }
    Lane<T> lane = lanes.get(tenantOf.apply(item));
    // An empty lane is taken away when its turn comes.
    return lane != null && lane.items.remove(item);
  }

  /// Everything that waits, in no order that matters.
  public List<T> all() {
    List<T> all = new ArrayList<>(urgent);
    ring.forEach(lane -> all.addAll(lane.items));
    return all;
  }

  /// Offers places until there is none, or nobody wants one. Who was in the middle of its turn when
  /// the places ran out goes on with it next time.
  ///
  /// @param ready what cannot run yet is passed over and keeps its place
  public void serve(Predicate<T> ready, Function<T, Answer> offer) {
    for (T item : List.copyOf(urgent)) {
      if (ready.test(item)) {
        if (offer.apply(item) != Answer.TAKEN) {
          return;
        }
        urgent.remove(item);
      }
    }
    int idle = 0;
    while (idle < ring.size()) {
      Lane<T> lane = ring.getFirst();
      grant(lane);
      Turn turn = turn(lane, ready, offer);
      if (turn == Turn.INTERRUPTED) {
        return;
      }
      lane.granted = false;
      ring.removeFirst();
      if (lane.items.isEmpty()) {
        lanes.remove(lane.tenant);
      } else {
        ring.addLast(lane);
        if (turn == Turn.RESTS) {
          // Nobody saves up while it has no use for its turn.
          lane.deficit = 0;
          idle++;
        } else {
          idle = 0;
        }
      }
    }
  }

  private void grant(Lane<T> lane) {
    if (!lane.granted) {
      lane.granted = true;
      lane.deficit += quantum * weightOf.applyAsInt(lane.tenant);
    }
  }

  /// How a tenant's turn ended.
  private enum Turn {
    /// It has more to spend on next time.
    SPENT,
    /// It has nothing that can run.
    RESTS,
    INTERRUPTED
  }

  private Turn turn(Lane<T> lane, Predicate<T> ready, Function<T, Answer> offer) {
    while (true) {
      Optional<T> next = lane.items.stream().filter(ready).findFirst();
      if (next.isEmpty()) {
        return Turn.RESTS;
      }
      long cost = costOf.applyAsLong(next.get());
      if (cost > lane.deficit) {
        return Turn.SPENT;
      }
      switch (offer.apply(next.get())) {
        case FULL -> {
          return Turn.INTERRUPTED;
        }
        case ENOUGH -> {
          return Turn.RESTS;
        }
        case TAKEN -> {
          lane.items.remove(next.get());
          lane.deficit -= cost;
        }
      }
    }
  }
}
