package dev.steerage.index.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.index.Frames;
import dev.steerage.index.Frames.Message;
import dev.steerage.index.Frames.Place;
import dev.steerage.schemas.index.SiteRefs;
import dev.steerage.testkit.ForAll;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class IndexBoundsTest {
  private static final IndexLimits SMALL =
      IndexLimits.defaults()
          .withBytes(1 << 20, 1 << 16)
          .withContexts(200, 3)
          .withOverlayTtl(Duration.ofMillis(50));

  private static void feed(
      CodeIndex index, BatchReader reader, Message message, boolean committed, long nowMs) {
    byte[] bytes = message.encode();
    assertThat(reader.read(new UnsafeBuffer(bytes), 0, bytes.length)).isEmpty();
    if (committed) {
      index.committed(message.tenant(), reader.model(), reader.batch(), new Origin(nowMs, 0, 0));
    } else {
      index.live(message.tenant(), reader.model(), reader.batch(), nowMs);
    }
  }

  /// Many requests of two tenants, live frames lost, late, doubled, from dead attempts; records
  /// always in order. However small the limits, counts are those of the records plus those of the
  /// positions that are live.
  @Test
  void shouldEqualARecountUnderAnyInterleavingAndAnyLimit() {
    ForAll.cases(60)
        .check(
            random -> {
              var metrics = new IndexMetrics();
              var index = new CodeIndex(SMALL, metrics);
              index.modelSeen(Frames.model());
              index.tenantSeen("acme");
              index.tenantSeen("beta");
              var reader = new BatchReader(index);
              Map<String, long[]> recount = new HashMap<>();
              long nowMs = 1_000;
              for (int round = 0; round < 150; round++) {
                nowMs += random.nextInt(20);
                round(index, reader, random, recount, nowMs);
                if (random.nextInt(4) == 0) {
                  index.expireOverlay(nowMs);
                }
                assertThat(metrics.get(IndexMetric.MEMORY_BYTES))
                    .isLessThanOrEqualTo(index.memoryLimitBytes());
              }
              index.expireOverlay(nowMs + 1_000_000);
              assertThat(metrics.get(IndexMetric.LIVE_POSITIONS)).isZero();
              assertCounts(index, recount);
            });
  }

  private static void round(
      CodeIndex index,
      BatchReader reader,
      RandomGenerator random,
      Map<String, long[]> recount,
      long nowMs) {
    String tenant = random.nextBoolean() ? "acme" : "beta";
    String request = "r-" + random.nextInt(1_000);
    int length = 1 + random.nextInt(20);
    List<Place> places = Frames.places(random, length);
    int attempt = 1 + random.nextInt(2);
    if (random.nextInt(3) > 0) {
      int from = random.nextInt(length);
      feed(index, reader, message(tenant, request, attempt, from, places), false, nowMs);
    }
    if (random.nextInt(5) > 0) {
      int end = 1 + random.nextInt(length);
      List<Place> committed = places.subList(0, end);
      feed(index, reader, message(tenant, request, attempt, 0, committed), true, nowMs);
      long[] firings = recount.computeIfAbsent(tenant, _ -> new long[1_000]);
      committed.forEach(place -> firings[place.codes()[3]]++);
    }
    if (random.nextInt(3) == 0) {
      feed(index, reader, message(tenant, request, 1, 0, places), false, nowMs);
    }
  }

  private static Message message(
      String tenant, String request, int attempt, int from, List<Place> places) {
    return new Message(tenant, request, attempt, from, places.subList(from, places.size()));
  }

  private static void assertCounts(CodeIndex index, Map<String, long[]> recount) {
    long mlp = SiteRefs.key(Frames.SHAPE.sites().get(1).site());
    var view = new CountsView();
    recount.forEach(
        (tenant, firings) -> {
          for (int code = 0; code < firings.length; code++) {
            new Lookups(index).counts(tenant, Frames.MODEL, mlp, code, view);
            assertThat(view.firings()).as("code %d of %s", code, tenant).isEqualTo(firings[code]);
          }
        });
  }

  @Test
  void shouldKeepTheNewestContextsOfEachCodeAndASampleOfAllBefore() {
    long mlp = SiteRefs.key(Frames.SHAPE.sites().get(1).site());
    List<Integer> order = new ArrayList<>(IntStream.range(0, 40).boxed().toList());
    for (int round = 0; round < 5; round++) {
      var index = new CodeIndex(IndexLimits.defaults().withContexts(1_000, 7), new IndexMetrics());
      index.modelSeen(Frames.model());
      var reader = new BatchReader(index);
      for (int i : order) {
        var message = new Message("acme", "r-" + i, 1, 0, List.of(new Place(1, 1, 2, 3, 4)));
        feed(index, reader, message, true, 1_000 + i);
      }
      List<String> expected = new ArrayList<>(List.of("r-39", "r-38", "r-37", "r-36"));
      IntStream.range(0, 36)
          .boxed()
          .sorted(Comparator.comparingLong(i -> ContextStore.hash("r-" + i, 0)))
          .limit(3)
          .sorted(Comparator.reverseOrder())
          .forEach(i -> expected.add("r-" + i));

      // Partitions may come in any order, so that records do too.
      assertThat(new Lookups(index).contexts("acme", Frames.MODEL, mlp, 4, 100).contexts())
          .as("order %s", order)
          .extracting(context -> context.request())
          .containsExactlyElementsOf(expected);
      Collections.shuffle(order, new Random(round));
    }
  }

  /// Room for 200 positions: the last 100, and 100 that samples hold.
  @Test
  void shouldKeepTheLastContextsAndThinAllSamplesByHashWhenThereIsNoRoom() {
    var metrics = new IndexMetrics();
    var index = new CodeIndex(SMALL, metrics);
    index.modelSeen(Frames.model());
    var reader = new BatchReader(index);
    for (int i = 0; i < 500; i++) {
      var message = new Message("acme", "r-" + i, 1, 0, List.of(new Place(1, 1, 2, 3, i)));
      feed(index, reader, message, true, 1_000 + i);
    }
    long mlp = SiteRefs.key(Frames.SHAPE.sites().get(1).site());
    int threshold = Integer.MIN_VALUE;
    int sampled = 0;
    for (int code = 0; code < 400; code++) {
      var found = new Lookups(index).contexts("acme", Frames.MODEL, mlp, code, 9).contexts();
      if (!found.isEmpty()) {
        assertThat(found).singleElement().matches(each -> each.tokens().equals(List.of(1)));
        threshold = Math.max(threshold, ContextStore.hash("r-" + code, 0));
        sampled++;
      }
    }

    assertThat(sampled).isBetween(40, 100);
    for (int code = 0; code < 500; code++) {
      var found = new Lookups(index).contexts("acme", Frames.MODEL, mlp, code, 9).contexts();
      assertThat(found.isEmpty())
          .as("code %d", code)
          .isEqualTo(code < 400 && ContextStore.hash("r-" + code, 0) > threshold);
    }
    assertThat(metrics.get(IndexMetric.EVICTED_CONTEXTS)).isPositive();
  }

  @Test
  void shouldForgetTheModelThatFiredLongestAgoAndSaySinceWhenItKnows() {
    var metrics = new IndexMetrics();
    long each =
        ModelCounts.bytes(
            Frames.model(), IndexLimits.defaults(), IndexLimits.defaults().tokensPerCode());
    var index =
        new CodeIndex(IndexLimits.defaults().withBytes(Math.max(1 << 20, 0), 1 << 20), metrics);
    index.modelSeen(Frames.model());
    var reader = new BatchReader(index);
    int fitting = (int) ((1 << 20) / each);
    for (int i = 0; i <= fitting; i++) {
      var message = new Message("t-" + i, "r", 1, 0, List.of(new Place(1, 1, 2, 3, 4)));
      feed(index, reader, message, true, 1_000 + i);
    }
    long mlp = SiteRefs.key(Frames.SHAPE.sites().get(1).site());
    var view = new CountsView();

    assertThat(metrics.get(IndexMetric.EVICTED_MODELS)).isEqualTo(1);
    new Lookups(index).counts("t-0", Frames.MODEL, mlp, 4, view);
    assertThat(view.firings()).isZero();
    assertThat(view.knownSinceMs()).isZero();
    new Lookups(index).counts("t-1", Frames.MODEL, mlp, 4, view);
    assertThat(view.firings()).isEqualTo(1);

    feed(
        index,
        reader,
        new Message("t-0", "s", 1, 0, List.of(new Place(1, 1, 2, 3, 4))),
        true,
        9_000);
    new Lookups(index).counts("t-0", Frames.MODEL, mlp, 4, view);
    assertThat(view.firings()).isEqualTo(1);
    assertThat(view.knownSinceMs()).isEqualTo(9_000);
  }

  @Test
  void shouldRefuseAModelWhoseCountsAlonePassTheLimit() {
    var metrics = new IndexMetrics();
    var index = new CodeIndex(IndexLimits.defaults().withBytes(1 << 20, 1 << 20), metrics);
    var huge =
        new KnownModel(
            new ModelShape(
                "huge",
                List.of(new SiteShape(Site.parse("L0.mlp"), 1_000_000, 1, 4)),
                Frames.VOCABULARY,
                Frames.MAX_POSITIONS),
            Frames.HASH);
    index.modelSeen(huge);
    var batch = new PositionBatch();
    batch.begin("r", 1, 0);
    batch.site(0, 1);
    batch.codes()[batch.position(1)] = 999_999;
    index.committed("acme", huge, batch, new Origin(1, 0, 0));

    assertThat(metrics.get(IndexMetric.REFUSED_MODELS)).isEqualTo(1);
    assertThat(metrics.get(IndexMetric.MEMORY_BYTES)).isZero();
  }
}
