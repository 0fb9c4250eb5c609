package dev.steerage.admission.decision;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.ModelCard;
import dev.steerage.schemas.message.Prompt;
import dev.steerage.schemas.topic.CommitMetadata;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;

/// How many requests of each tenant are under way, and whether one more may be. What may not waits
/// in its prompts topic, where it harms nobody.
///
/// Two bounds hold. The tenant's own quota, and its part of what the workers of a model can have
/// before them: by weight among the tenants that want something, and never the last quarter, so
/// that who comes late finds a short queue. For one thread.
public final class Turnstile {
  private static final long UNKNOWN = -1;

  // Longer than any prompt waits where there is room.
  private static final long WAITED_MS = 100;

  private final Quotas quotas;
  private final Models models;
  private final ToDoubleFunction<TenantId> partOf;
  private final LongSupplier clock;
  private final Map<String, UnderWay> underWay = new HashMap<>();
  private final Map<TenantId, Integer> counts = new HashMap<>();
  private final Map<String, Set<TenantId>> waiting = new HashMap<>();

  /// Where an admitted request lies among the work of its model.
  ///
  /// @param requests as how many it counts: a pair as two
  /// @param tokens most that it may write
  public record Place(int partition, long offset, TenantId tenant, int requests, int tokens) {}

  private record Entered(Place place, long atMs) {}

  /// The requests of one model.
  private static final class UnderWay {
    private final Map<Integer, TreeMap<Long, Entered>> places = new HashMap<>();
    private final Map<TenantId, Integer> counts = new HashMap<>();
    private final Map<TenantId, Turnaround> turnarounds = new HashMap<>();
  }

  /// @param partOf the share of a tenant's prompts that this process reads: several grant one quota
  /// @param clock epoch milliseconds
  public Turnstile(
      Quotas quotas, Models models, ToDoubleFunction<TenantId> partOf, LongSupplier clock) {
    this.quotas = quotas;
    this.models = models;
    this.partOf = partOf;
    this.clock = clock;
  }

  /// Whether a prompt that has waited cannot end by its deadline any more, as its tenant's requests
  /// go now. Under overload the prompts whose turn it is are those that are about to expire: a
  /// worker would begin all of them and end none. Such a one makes room for one that can.
  ///
  /// @param sentMs when it was sent, by the broker
  public boolean isTooLate(TenantId tenant, Prompt prompt, long sentMs) {
    long nowMs = clock.getAsLong();
    return prompt.deadlineMs().isPresent()
        && nowMs - sentMs > WAITED_MS
        && nowMs + expectedMs(tenant, prompt.model(), prompt.tokensMax())
            > prompt.deadlineMs().getAsLong();
  }

  /// How long a request of a tenant takes once it is let through, as its requests do now, in
  /// milliseconds; 0 where none of it is under way.
  double expectedMs(TenantId tenant, String model, int tokens) {
    UnderWay requests = underWay.get(model);
    Turnaround lately = requests == null ? null : requests.turnarounds.get(tenant);
    return lately == null ? 0 : lately.expectedMs(tokens);
  }

  /// Whether one more request may go on. Who may not is counted among those who want something.
  public boolean hasRoom(TenantId tenant, String model) {
    boolean room =
        counts.getOrDefault(tenant, 0) < quota(tenant) && used(tenant, model) < part(tenant, model);
    Set<TenantId> others = waiting.computeIfAbsent(model, _ -> new HashSet<>());
    if (room) {
      others.remove(tenant);
    } else {
      others.add(tenant);
    }
    return room;
  }

  /// Who waits for room now; nobody else does.
  public void waits(Map<String, Set<TenantId>> byModel) {
    waiting.clear();
    byModel.forEach((model, tenants) -> waiting.put(model, new HashSet<>(tenants)));
  }

  /// Whether it is worth while to look at a waiting tenant's prompts again: some of its requests
  /// have ended, not just one of many.
  public boolean isWorthALook(TenantId tenant, String model) {
    return isWellBelow(counts.getOrDefault(tenant, 0), quota(tenant))
        && isWellBelow(used(tenant, model), part(tenant, model));
  }

  private static boolean isWellBelow(int used, int limit) {
    return used < limit - limit / 8;
  }

  private int quota(TenantId tenant) {
    var quota = quotas.of(tenant).concurrentRequests();
    return quota.isEmpty()
        ? Integer.MAX_VALUE
        : (int) Math.max(1, Math.round(quota.getAsInt() * partOf.applyAsDouble(tenant)));
  }

  private int used(TenantId tenant, String model) {
    UnderWay requests = underWay.get(model);
    return requests == null ? 0 : requests.counts.getOrDefault(tenant, 0);
  }

  private int part(TenantId tenant, String model) {
    int capacity = models.find(model).map(Turnstile::capacity).orElse(1);
    Set<TenantId> wanting = new HashSet<>(waiting.getOrDefault(model, Set.of()));
    UnderWay requests = underWay.get(model);
    if (requests != null) {
      wanting.addAll(requests.counts.keySet());
    }
    wanting.remove(tenant);
    int mine = quotas.of(tenant).weight();
    double others = wanting.stream().mapToInt(other -> quotas.of(other).weight()).sum();
    double fair = Math.min(0.75, mine / (mine + others)) * capacity * partOf.applyAsDouble(tenant);
    return (int) Math.max(1, Math.round(fair));
  }

  /// What a model's workers have in their batches, and half as much before them.
  private static int capacity(ModelCard card) {
    return card.maxBatch() * Math.max(1, card.workers().size()) * 3 / 2;
  }

  /// A request was let through; its place is said when it is known.
  public void enter(TenantId tenant, String model) {
    enter(tenant, model, 1);
  }

  /// The same of one that counts as several.
  public void enter(TenantId tenant, String model, int requests) {
    counts.merge(tenant, requests, Integer::sum);
    of(model).counts.merge(tenant, requests, Integer::sum);
  }

  /// A request that was let through has not gone on after all.
  public void withdraw(TenantId tenant, String model, int requests) {
    leave(of(model), tenant, requests);
  }

  /// Where a request that was let through lies.
  public void place(String model, Place place) {
    place(model, place, clock.getAsLong());
  }

  private void place(String model, Place place, long atMs) {
    of(model)
        .places
        .computeIfAbsent(place.partition(), _ -> new TreeMap<>())
        .put(place.offset(), new Entered(place, atMs));
  }

  /// What the workers have committed.
  public void progress(String model, Map<Integer, CommitMetadata> committed) {
    UnderWay requests = underWay.get(model);
    if (requests == null) {
      return;
    }
    committed.forEach(
        (partition, metadata) -> {
          TreeMap<Long, Entered> places = requests.places.get(partition);
          if (places == null) {
            return;
          }
          Set<Long> unfinished = new HashSet<>(metadata.unfinished());
          places
              .headMap(metadata.taken())
              .entrySet()
              .removeIf(
                  place -> {
                    boolean ended = !unfinished.contains(place.getKey());
                    if (ended) {
                      leave(requests, place.getValue());
                    }
                    return ended;
                  });
        });
  }

  private void leave(UnderWay requests, Entered request) {
    Place place = request.place();
    if (request.atMs() != UNKNOWN) {
      requests
          .turnarounds
          .computeIfAbsent(place.tenant(), _ -> new Turnaround())
          .ended(clock.getAsLong() - request.atMs(), place.tokens());
    }
    leave(requests, place.tenant(), place.requests());
  }

  private void leave(UnderWay from, TenantId tenant, int requests) {
    leave(from.counts, tenant, requests);
    leave(counts, tenant, requests);
    if (!from.counts.containsKey(tenant)) {
      from.turnarounds.remove(tenant);
    }
  }

  private static void leave(Map<TenantId, Integer> counts, TenantId tenant, int requests) {
    counts.computeIfPresent(tenant, (_, count) -> count <= requests ? null : count - requests);
  }

  /// Starts again with what the log says is under way.
  public void restart(Map<String, ? extends Collection<Place>> found) {
    underWay.clear();
    counts.clear();
    waiting.clear();
    found.forEach(
        (model, places) ->
            places.forEach(
                place -> {
                  enter(place.tenant(), model, place.requests());
                  place(model, place, UNKNOWN);
                }));
  }

  private UnderWay of(String model) {
    return underWay.computeIfAbsent(model, _ -> new UnderWay());
  }

  /// Models that have requests under way.
  public Set<String> busyModels() {
    Set<String> busy = new HashSet<>();
    underWay.forEach(
        (model, requests) -> {
          if (!requests.counts.isEmpty()) {
            busy.add(model);
          }
        });
    return busy;
  }

  /// Requests under way.
  public int size() {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }
}
