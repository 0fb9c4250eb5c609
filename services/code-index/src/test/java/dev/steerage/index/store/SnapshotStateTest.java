package dev.steerage.index.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.rule.RuleChange.ConceptPut;
import dev.steerage.index.Frames;
import dev.steerage.index.Frames.Message;
import dev.steerage.index.codec.Input;
import dev.steerage.index.codec.Output;
import dev.steerage.schemas.index.SiteRefs;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class SnapshotStateTest {
  private static final IndexLimits SMALL = IndexLimits.defaults().withContexts(300, 4);
  private static final long MLP = SiteRefs.key(Frames.SHAPE.sites().get(1).site());

  /// A record of one of four partitions.
  private record Committed(String tenant, int partition, long offset, Message message) {}

  private static List<Committed> log(long seed) {
    var random = new SplittableRandom(seed);
    List<Committed> log = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      String tenant = i % 3 == 0 ? "beta" : "acme";
      var message = new Message(tenant, "r-" + i / 2, 1, i % 2 * 10, Frames.places(random, 10));
      // A request stays in one partition.
      log.add(new Committed(tenant, i / 2 % 4, i, message));
    }
    return log;
  }

  private static CodeIndex index(IndexLimits limits) {
    var index = new CodeIndex(limits, new IndexMetrics());
    index.modelSeen(Frames.model());
    for (String tenant : List.of("acme", "beta")) {
      index.topicSeen(tenant, topic(tenant), "id-of-" + tenant);
      // Nothing is ever read from it.
      index.topicSeen(tenant, "steerage." + tenant + ".rules", "rules-of-" + tenant);
      index.ruleChange(
          tenant, 7, new ConceptPut("fire", Frames.MODEL, List.of(Code.parse("L0.mlp:3")), "ann"));
    }
    return index;
  }

  private static String topic(String tenant) {
    return "steerage." + tenant + ".activations";
  }

  private static void commit(CodeIndex index, Committed record) {
    BatchReader reader = read(index, record.message());
    index.committed(
        record.tenant(),
        reader.model(),
        reader.batch(),
        new Origin(1_000 + record.offset(), record.offset(), record.partition()));
    index.progress(
        record.tenant(), topic(record.tenant()), record.partition(), record.offset() + 1);
  }

  private static BatchReader read(CodeIndex index, Message message) {
    byte[] bytes = message.encode();
    var reader = new BatchReader(index);
    assertThat(reader.read(new UnsafeBuffer(bytes), 0, bytes.length)).isEmpty();
    return reader;
  }

  private static void live(CodeIndex index, String tenant, String request) {
    BatchReader reader =
        read(index, new Message(tenant, request, 1, 0, Frames.places(new SplittableRandom(9), 5)));
    assertThat(index.live(tenant, reader.model(), reader.batch(), 5_000)).isTrue();
  }

  /// Partitions in another order; within a partition the order of the log.
  private static List<Committed> interleaved(List<Committed> log, long seed) {
    List<List<Committed>> partitions = new ArrayList<>();
    for (int partition = 0; partition < 4; partition++) {
      int wanted = partition;
      partitions.add(
          new ArrayList<>(log.stream().filter(each -> each.partition() == wanted).toList()));
    }
    List<Integer> turns = new ArrayList<>();
    log.forEach(each -> turns.add(each.partition()));
    Collections.shuffle(turns, new Random(seed));
    return turns.stream().map(turn -> partitions.get(turn).removeFirst()).toList();
  }

  private static byte[] bytes(CodeIndex index) {
    var to = new Output(16);
    StateEncoder.write(index, to);
    return Arrays.copyOf(to.array(), to.size());
  }

  private static CodeIndex restored(byte[] bytes, IndexLimits limits) {
    return StateDecoder.read(
        new Input(MemorySegment.ofArray(bytes), 0), limits, new IndexMetrics());
  }

  @Test
  void shouldHaveTheSameDigestHoweverThePartitionsWereInterleaved() {
    List<Committed> log = log(1);
    CodeIndex first = index(IndexLimits.defaults());
    log.forEach(record -> commit(first, record));
    for (long seed = 0; seed < 5; seed++) {
      CodeIndex second = index(IndexLimits.defaults());
      interleaved(log, seed).forEach(record -> commit(second, record));
      live(second, "acme", "r-live");

      assertThat(StateDigest.of(second, "acme")).isEqualTo(StateDigest.of(first, "acme"));
      assertThat(StateDigest.of(second, "")).isEqualTo(StateDigest.of(first, ""));
    }
    assertThat(StateDigest.of(first, "acme")).isNotEqualTo(StateDigest.of(first, "beta"));
  }

  @Test
  void shouldChangeTheDigestWithEveryRecord() {
    CodeIndex index = index(IndexLimits.defaults());
    byte[] before = StateDigest.of(index, "acme");
    for (Committed record : log(2).subList(0, 20)) {
      commit(index, record);
      byte[] after = StateDigest.of(index, "acme");
      if (record.tenant().equals("acme")) {
        assertThat(after).isNotEqualTo(before);
      } else {
        assertThat(after).isEqualTo(before);
      }
      before = after;
    }
  }

  @Test
  void shouldGoOnFromASnapshotAsIfNothingHadHappened() {
    List<Committed> log = log(3);
    for (int cut : List.of(0, 1, 57, 150, 200)) {
      CodeIndex straight = index(SMALL);
      log.forEach(record -> commit(straight, record));
      CodeIndex stopped = index(SMALL);
      log.subList(0, cut).forEach(record -> commit(stopped, record));
      CodeIndex goesOn = restored(bytes(stopped), SMALL);
      log.subList(cut, log.size()).forEach(record -> commit(goesOn, record));

      assertThat(StateDigest.of(goesOn, "")).isEqualTo(StateDigest.of(straight, ""));
      // Contexts, tokens fired on, requests and offsets too: every byte of it.
      assertThat(bytes(goesOn)).isEqualTo(bytes(straight));
      assertThat(goesOn.readTopics()).hasSize(4);
    }
  }

  @Test
  void shouldLeaveTheOverlayOut() {
    CodeIndex index = index(IndexLimits.defaults());
    log(4).subList(0, 50).forEach(record -> commit(index, record));
    byte[] before = bytes(index);
    live(index, "acme", "r-live");
    live(index, "acme", "r-48");

    CodeIndex again = restored(bytes(index), IndexLimits.defaults());

    assertThat(StateDigest.of(again, "")).isEqualTo(StateDigest.of(index, ""));
    var view = new CountsView();
    for (int code = 0; code < 1_000; code += 50) {
      new Lookups(again).counts("acme", Frames.MODEL, MLP, code, view);
      assertThat(view.live()).isZero();
    }
    assertThat(restored(before, IndexLimits.defaults()).readTopics()).hasSize(4);
  }

  @Test
  void shouldCountALiveFrameOnceThatWasCommittedBeforeTheSnapshot() {
    CodeIndex index = index(IndexLimits.defaults());
    Message message = new Message("acme", "r", 1, 0, Frames.places(new SplittableRandom(9), 5));
    commit(index, new Committed("acme", 0, 0, message));

    CodeIndex again = restored(bytes(index), IndexLimits.defaults());
    live(again, "acme", "r");

    var view = new CountsView();
    new Lookups(again).counts("acme", Frames.MODEL, MLP, 0, view);
    assertThat(view.positions()).isEqualTo(5);
  }

  @Test
  void shouldRefuseASnapshotOfOtherLimits() {
    byte[] bytes = bytes(index(SMALL));

    assertThatThrownBy(() -> restored(bytes, IndexLimits.defaults()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("other limits");
  }
}
