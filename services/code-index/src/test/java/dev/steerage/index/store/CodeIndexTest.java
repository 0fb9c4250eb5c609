package dev.steerage.index.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.rule.RuleChange.ConceptPut;
import dev.steerage.domain.rule.RuleChange.ConceptRemoved;
import dev.steerage.index.Frames;
import dev.steerage.index.Frames.Message;
import dev.steerage.index.Frames.Place;
import dev.steerage.index.codec.Input;
import dev.steerage.index.codec.Output;
import dev.steerage.schemas.index.CodeContexts.Context;
import dev.steerage.schemas.index.CodeContexts.RuleTouch;
import dev.steerage.schemas.index.LookupException;
import dev.steerage.schemas.index.LookupException.Reason;
import dev.steerage.schemas.index.PositionCodes;
import dev.steerage.schemas.index.SiteRefs;
import dev.steerage.schemas.index.TopCodes;
import dev.steerage.schemas.sbe.ActivationsEncoder;
import dev.steerage.schemas.sbe.ActivationsHeader;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.agrona.concurrent.UnsafeBuffer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class CodeIndexTest {
  private static final long ATTENTION = SiteRefs.key(Frames.SHAPE.sites().get(0).site());
  private static final long MLP = SiteRefs.key(Frames.SHAPE.sites().get(1).site());
  private static final Place A = new Place(1, 10, 110, 210, 500);
  private static final Place B = new Place(2, 10, 120, 220, 501);
  private static final Place C = new Place(3, 30, 130, 230, 500);

  private final IndexMetrics metrics = new IndexMetrics();
  private CodeIndex index = index(IndexLimits.defaults());

  private CodeIndex index(IndexLimits limits) {
    var made = new CodeIndex(limits, metrics);
    made.modelSeen(Frames.model());
    made.tenantSeen("acme");
    made.tenantSeen("beta");
    return made;
  }

  private BatchReader read(Message message) {
    byte[] bytes = message.encode();
    var reader = new BatchReader(index);
    assertThat(reader.read(new UnsafeBuffer(bytes), 0, bytes.length)).isEmpty();
    return reader;
  }

  private void commit(String tenant, String request, int attempt, int first, Place... places) {
    var reader = read(new Message(tenant, request, attempt, first, List.of(places)));
    index.committed(tenant, reader.model(), reader.batch(), new Origin(1_000 + first, 0, 0));
  }

  private void live(String tenant, String request, int attempt, int first, Place... places) {
    var reader = read(new Message(tenant, request, attempt, first, List.of(places)));
    assertThat(index.live(tenant, reader.model(), reader.batch(), 5_000)).isTrue();
  }

  private CountsView counts(String tenant, long site, int code) {
    var view = new CountsView();
    new Lookups(index).counts(tenant, Frames.MODEL, site, code, view);
    return view;
  }

  private List<Context> contexts(long site, int code) {
    return new Lookups(index).contexts("acme", Frames.MODEL, site, code, 100).contexts();
  }

  private static void assertReason(Reason reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            LookupException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @Test
  void shouldCountCommittedPositions() {
    commit("acme", "r", 1, 0, A, B);
    commit("acme", "s", 1, 0, C);

    assertThat(counts("acme", ATTENTION, 10).firings()).isEqualTo(2);
    assertThat(counts("acme", MLP, 500).firings()).isEqualTo(2);
    assertThat(counts("acme", MLP, 501).firings()).isEqualTo(1);
    assertThat(counts("acme", MLP, 999).firings()).isZero();
    assertThat(counts("acme", MLP, 500).positions()).isEqualTo(3);
    assertThat(counts("acme", MLP, 500).live()).isZero();
    assertThat(counts("acme", MLP, 500).knownSinceMs()).isEqualTo(1_000);
  }

  @Test
  void shouldCountALivePositionOnceWhenItsRecordArrives() {
    live("acme", "r", 1, 0, A, B);
    assertThat(counts("acme", ATTENTION, 10).live()).isEqualTo(2);
    assertThat(counts("acme", ATTENTION, 10).firings()).isEqualTo(2);

    commit("acme", "r", 1, 0, A);
    assertThat(counts("acme", ATTENTION, 10).live()).isEqualTo(1);
    assertThat(counts("acme", ATTENTION, 10).firings()).isEqualTo(2);

    commit("acme", "r", 1, 1, B);
    assertThat(counts("acme", ATTENTION, 10).live()).isZero();
    assertThat(counts("acme", ATTENTION, 10).firings()).isEqualTo(2);
    assertThat(counts("acme", MLP, 500).positions()).isEqualTo(2);
    assertThat(metrics.get(IndexMetric.LIVE_POSITIONS)).isZero();
    assertThat(metrics.get(IndexMetric.REPLACED_POSITIONS)).isEqualTo(2);
  }

  @Test
  void shouldIgnoreALiveFrameThatComesAfterItsRecord() {
    commit("acme", "r", 1, 0, A, B);
    live("acme", "r", 1, 0, A, B, C);

    assertThat(counts("acme", ATTENTION, 10).firings()).isEqualTo(2);
    assertThat(counts("acme", ATTENTION, 30).live()).isEqualTo(1);
  }

  @Test
  void shouldIgnoreALateFrameEvenWhenTheRequestWasForgotten() {
    index = index(IndexLimits.defaults().withBytes(1 << 22, 1 << 16));
    commit("acme", "r", 1, 0, A, B);
    for (int i = 0; metrics.get(IndexMetric.EVICTED_REQUESTS) == 0; i++) {
      commit("acme", "other-" + i, 1, 0, C);
    }
    live("acme", "r", 1, 0, A, B);

    assertThat(counts("acme", ATTENTION, 10).firings()).isEqualTo(2);
    assertThat(counts("acme", ATTENTION, 10).live()).isZero();
  }

  @Test
  void shouldTrustTheRecordWhenItDiffersFromTheLivePosition() {
    live("acme", "r", 1, 0, A);
    commit("acme", "r", 1, 0, C);

    assertThat(counts("acme", ATTENTION, 10).firings()).isZero();
    assertThat(counts("acme", ATTENTION, 30).firings()).isEqualTo(1);
    assertThat(contexts(ATTENTION, 10)).isEmpty();
    assertThat(contexts(ATTENTION, 30)).hasSize(1);
  }

  @Test
  void shouldDropLivePositionsOfAnAttemptThatWasTakenOver() {
    live("acme", "r", 1, 0, A, A, A);
    commit("acme", "r", 1, 0, A);
    live("acme", "r", 2, 1, B);

    assertThat(counts("acme", MLP, 500).firings()).isEqualTo(1);
    assertThat(counts("acme", MLP, 501).live()).isEqualTo(1);

    live("acme", "r", 1, 1, A, A);
    assertThat(counts("acme", MLP, 500).firings()).isEqualTo(1);
    assertThat(metrics.get(IndexMetric.STALE_FRAMES)).isEqualTo(1);
  }

  @Test
  void shouldDropLivePositionsThatNeverGetARecord() {
    index = index(IndexLimits.defaults().withOverlayTtl(Duration.ofSeconds(2)));
    live("acme", "r", 1, 0, A, B);

    index.expireOverlay(6_999);
    assertThat(counts("acme", ATTENTION, 10).firings()).isEqualTo(2);
    index.expireOverlay(7_000);
    assertThat(counts("acme", ATTENTION, 10).firings()).isZero();
    assertThat(counts("acme", MLP, 500).positions()).isZero();
    assertThat(contexts(ATTENTION, 10)).isEmpty();

    commit("acme", "r", 1, 0, A, B);
    assertThat(counts("acme", ATTENTION, 10).firings()).isEqualTo(2);
  }

  @Test
  void shouldShowATenantOnlyItsOwnShard() {
    commit("acme", "r", 1, 0, A);
    live("acme", "s", 1, 0, A);
    index.ruleChange("acme", 7, concept("fire", 10));

    assertThat(counts("beta", ATTENTION, 10).firings()).isZero();
    assertReason(
        Reason.UNKNOWN_REQUEST, () -> new Lookups(index).positions("beta", "r", 0, 9, 9_999));
    assertReason(Reason.UNKNOWN_CONCEPT, () -> new Lookups(index).concept("beta", "fire"));
    assertThat(new Lookups(index).contexts("beta", Frames.MODEL, ATTENTION, 10, 9).contexts())
        .isEmpty();
    assertThat(new Lookups(index).topCodes("beta", Frames.MODEL, MLP, 9).codes()).isEmpty();
  }

  @Test
  void shouldNotLetAFrameMakeATenant() {
    var reader = read(new Message("nobody", "r", 1, 0, List.of(A)));

    assertThat(index.live("nobody", reader.model(), reader.batch(), 1)).isFalse();
    assertReason(Reason.UNKNOWN_TENANT, () -> counts("nobody", MLP, 1));
  }

  @Test
  void shouldSayWhatIsUnknown() {
    assertReason(Reason.UNKNOWN_TENANT, () -> counts("gamma", MLP, 1));
    assertReason(
        Reason.UNKNOWN_MODEL,
        () -> new Lookups(index).counts("acme", "else", MLP, 1, new CountsView()));
    assertReason(Reason.UNKNOWN_SITE, () -> counts("acme", MLP + 1, 1));
    assertReason(Reason.UNKNOWN_CODE, () -> counts("acme", MLP, 1_000));
    assertReason(Reason.UNKNOWN_CODE, () -> counts("acme", MLP, -1));
    assertThatThrownBy(() -> counts("acme", MLP, 1_000)).hasMessageContaining("L0.mlp:1000");
  }

  @Test
  void shouldGiveContextsNewestFirstWithTokensAround() {
    commit("acme", "r", 1, 0, A, B, C, B, C);
    commit("acme", "s", 1, 9, new Place(7, 10, 111, 211, 1));

    List<Context> contexts = contexts(ATTENTION, 10);
    assertThat(contexts)
        .extracting(Context::request, Context::position, Context::tokens, Context::focus)
        .containsExactly(
            tuple("s", 9, List.of(7), 0),
            tuple("r", 3, List.of(1, 2, 3, 2, 3), 3),
            tuple("r", 1, List.of(1, 2, 3, 2, 3), 1),
            tuple("r", 0, List.of(1, 2, 3, 2), 0));
  }

  @Test
  void shouldSayWhichRulesActedOnACode() {
    var header = new ActivationsHeader("acme", Frames.SHAPE, Frames.HASH, "r", 1, 1, List.of(0, 1));
    var encoder = new ActivationsEncoder().begin(header, 1, 5);
    for (int i = 0; i < 2; i++) {
      encoder.position(1);
      for (int code : new int[] {10, 110, 210, 500}) {
        encoder.code(code);
      }
      encoder.overwritten(1, 0, 600, "calm");
      encoder.overwritten(0, 1, -1, "quiet");
      // Appended: it takes the place of no other.
      encoder.overwritten(0, 3, 77, "calm");
      encoder.overwritten(0, 0, 10, null);
    }
    encoder.encode();
    byte[] bytes = encoder.toBytes();
    var reader = new BatchReader(index);
    assertThat(reader.read(new UnsafeBuffer(bytes), 0, bytes.length)).isEmpty();
    index.committed("acme", reader.model(), reader.batch(), new Origin(7_000, 0, 0));

    Instant last = Instant.ofEpochMilli(7_000);
    assertThat(rules(MLP, 600)).containsExactly(new RuleTouch("calm", 2, 0, last));
    assertThat(rules(MLP, 500)).containsExactly(new RuleTouch("calm", 0, 2, last));
    assertThat(rules(ATTENTION, 110)).containsExactly(new RuleTouch("quiet", 0, 2, last));
    assertThat(rules(ATTENTION, 77)).containsExactly(new RuleTouch("calm", 2, 0, last));
    assertThat(rules(ATTENTION, 10)).isEmpty();
    assertThat(counts("acme", MLP, 600).firings()).as("the snap never chose it").isZero();
    var out = new Output(1 << 16);
    StateEncoder.write(index, out);
    index =
        StateDecoder.read(
            new Input(MemorySegment.ofArray(out.array()), 0),
            IndexLimits.defaults(),
            new IndexMetrics());
    assertThat(rules(MLP, 600)).containsExactly(new RuleTouch("calm", 2, 0, last));
  }

  private List<RuleTouch> rules(long site, int code) {
    return new Lookups(index).contexts("acme", Frames.MODEL, site, code, 9).rules();
  }

  @Test
  void shouldMarkContextsLiveUntilTheirRecordArrives() {
    live("acme", "r", 1, 0, A, B);
    assertThat(contexts(ATTENTION, 110)).singleElement().matches(Context::live);

    commit("acme", "r", 1, 0, A, B);
    assertThat(contexts(ATTENTION, 110)).singleElement().matches(context -> !context.live());
    assertThat(contexts(ATTENTION, 110).getFirst().time().toEpochMilli()).isEqualTo(1_000);
  }

  @Test
  void shouldKeepContextsOfARequestThatWasForgotten() {
    index = index(IndexLimits.defaults().withBytes(1 << 22, 1 << 16));
    commit("acme", "r", 1, 0, A, B);
    for (int i = 0; metrics.get(IndexMetric.EVICTED_REQUESTS) == 0; i++) {
      commit("acme", "other-" + i, 1, 0, C);
    }

    assertReason(
        Reason.UNKNOWN_REQUEST, () -> new Lookups(index).positions("acme", "r", 0, 9, 9_999));
    assertThat(contexts(ATTENTION, 110)).singleElement().matches(c -> c.request().equals("r"));
  }

  @Test
  void shouldKeepNothingOfATenantThatIsGone() {
    commit("acme", "secret", 1, 0, A, B, C);
    commit("beta", "r", 1, 0, A);
    var out = new Output(1 << 16);
    StateEncoder.write(index, out);
    CodeIndex restored =
        StateDecoder.read(
            new Input(MemorySegment.ofArray(out.array()), 0),
            IndexLimits.defaults(),
            new IndexMetrics());
    for (CodeIndex each : List.of(index, restored)) {
      each.tenantGone("acme");

      WindowStore windows = each.positions().windows();
      assertThat(IntStream.range(0, windows.used()).mapToObj(windows::request))
          .doesNotContain("secret")
          .contains("r");
      var after = new Output(1 << 16);
      StateEncoder.write(each, after);
      assertThat(new String(after.array(), StandardCharsets.UTF_8)).doesNotContain("secret");
    }
    index = restored;
    commit("acme", "s", 1, 0, A);
    assertThat(contexts(ATTENTION, 10)).singleElement().matches(c -> c.request().equals("s"));
  }

  @Test
  void shouldRankTokensThatACodeFiredOn() {
    commit("acme", "r", 1, 0, A, A, B, A, C);

    var firedOn = new Lookups(index).contexts("acme", Frames.MODEL, ATTENTION, 10, 1).firedOn();
    assertThat(firedOn)
        .extracting(f -> f.token(), f -> f.firings(), f -> f.over())
        .containsExactly(tuple(1, 3L, 0L), tuple(2, 1L, 0L));
  }

  @Test
  void shouldRankCodesWithTiesToTheLowestId() {
    commit("acme", "r", 1, 0, A, B, C, new Place(1, 1, 2, 3, 700));

    assertThat(new Lookups(index).topCodes("acme", Frames.MODEL, MLP, 2).codes())
        .containsExactly(new TopCodes.Entry(500, 2), new TopCodes.Entry(501, 1));
    assertThat(new Lookups(index).topCodes("acme", Frames.MODEL, MLP, 9).codes())
        .containsExactly(
            new TopCodes.Entry(500, 2), new TopCodes.Entry(501, 1), new TopCodes.Entry(700, 1));
  }

  @Test
  void shouldGiveTheCodesOfEachPositionOfALiveRequest() {
    commit("acme", "r", 1, 0, A);
    live("acme", "r", 1, 1, B, C);

    PositionCodes found = new Lookups(index).positions("acme", "r", 0, 2, 9_999);
    assertThat(found.model()).isEqualTo(Frames.MODEL);
    assertThat(found.endPosition()).isEqualTo(3);
    assertThat(found.positions()).hasSize(2);
    var second = found.positions().get(1);
    assertThat(second.live()).isTrue();
    assertThat(second.token()).isEqualTo(2);
    assertThat(found.codesOf(second))
        .containsExactly(
            Code.parse("L0.attn.H0:10"),
            Code.parse("L0.attn.H0:120"),
            Code.parse("L0.attn.H0:220"),
            Code.parse("L0.mlp:501"));
    assertThat(new Lookups(index).positions("acme", "r", 2, 9, 9_999).positions())
        .singleElement()
        .matches(p -> p.position() == 2);
  }

  @Test
  void shouldAnswerFewerPositionsThanFitAFrame() {
    commit("acme", "r", 1, 0, A, B, C);

    assertThat(new Lookups(index).positions("acme", "r", 0, 9, 70).positions()).hasSize(2);
    assertReason(Reason.LIMIT, () -> new Lookups(index).positions("acme", "r", 0, 9, 20));
  }

  @Test
  void shouldKnowConceptsAtTheNewestRevision() {
    index.ruleChange("acme", 3, concept("fire", 10));
    index.ruleChange("acme", 4, concept("fire", 30));

    var fire = new Lookups(index).concept("acme", "fire");
    assertThat(fire.revision()).isEqualTo(4);
    assertThat(fire.codes()).containsExactly(Code.parse("L0.attn.H0:30"));

    index.ruleChange("acme", 5, new ConceptRemoved("fire", "ann"));
    assertReason(Reason.UNKNOWN_CONCEPT, () -> new Lookups(index).concept("acme", "fire"));
  }

  private static ConceptPut concept(String name, int code) {
    return new ConceptPut(name, Frames.MODEL, List.of(Code.parse("L0.attn.H0:" + code)), "ann");
  }

  @Test
  void shouldForgetCountsWhenAModelGetsOtherWeights() {
    commit("acme", "r", 1, 0, A);
    live("acme", "r", 1, 1, B);
    index.modelSeen(new KnownModel(Frames.SHAPE, "f".repeat(64)));

    assertThat(counts("acme", ATTENTION, 10).firings()).isZero();
    assertThat(metrics.get(IndexMetric.LIVE_POSITIONS)).isZero();
    assertReason(
        Reason.UNKNOWN_REQUEST, () -> new Lookups(index).positions("acme", "r", 0, 9, 9_999));
  }
}
