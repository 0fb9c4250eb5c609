package dev.steerage.index.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.rule.RuleChange.ConceptPut;
import dev.steerage.index.Frames;
import dev.steerage.index.Frames.Message;
import dev.steerage.index.Frames.Place;
import dev.steerage.index.desk.CorpusDesk;
import dev.steerage.index.desk.LabelBook;
import dev.steerage.index.search.SearchLimits;
import dev.steerage.index.store.BatchReader;
import dev.steerage.index.store.CodeIndex;
import dev.steerage.index.store.IndexLimits;
import dev.steerage.index.store.IndexMetric;
import dev.steerage.index.store.IndexMetrics;
import dev.steerage.index.store.Origin;
import dev.steerage.schemas.aeron.TenantKeys;
import dev.steerage.schemas.index.CodeContexts;
import dev.steerage.schemas.index.CodeCounts;
import dev.steerage.schemas.index.ConceptCodes;
import dev.steerage.schemas.index.IndexStatus;
import dev.steerage.schemas.index.LookupAnswers;
import dev.steerage.schemas.index.LookupException;
import dev.steerage.schemas.index.LookupException.Reason;
import dev.steerage.schemas.index.LookupRequests;
import dev.steerage.schemas.index.PositionCodes;
import dev.steerage.schemas.index.TopCodes;
import dev.steerage.testkit.ForAll;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class LookupAdapterTest {
  private static final CorpusDesk DESK =
      new CorpusDesk(Path.of("no-corpora"), SearchLimits.defaults(), new LabelBook());
  private static final long ID = 77;
  private static final Code CODE = Code.parse("L0.mlp:500");
  private static final String TENANT = "acme";

  private final IndexMetrics metrics = new IndexMetrics();
  private final CodeIndex index = new CodeIndex(IndexLimits.defaults(), metrics);
  private final AnswerWriter writer = new AnswerWriter();
  private final LookupAdapter adapter =
      new LookupAdapter(index, metrics, writer, DESK, new LabelBook(), new Access(TenantKeys.NONE));
  private final LookupRequests requests = new LookupRequests();
  // Other requests' bytes around the frame, which no length may reach.
  private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[4096]);

  @AfterAll
  static void closeDesk() {
    DESK.close();
  }

  LookupAdapterTest() {
    index.modelSeen(Frames.model());
    List<Place> places = new ArrayList<>();
    for (int i = 0; i < Frames.MAX_POSITIONS; i++) {
      places.add(new Place(i % 12, 10, 110, 210, 500));
    }
    byte[] bytes = new Message(TENANT, "r", 1, 0, places).encode();
    var reader = new BatchReader(index);
    assertThat(reader.read(new UnsafeBuffer(bytes), 0, bytes.length)).isEmpty();
    index.committed(TENANT, reader.model(), reader.batch(), new Origin(1_000, 0, 0));
    index.caughtUp();
  }

  private Object ask(int length) {
    int answer = adapter.answer(1, buffer, 0, length);
    assertThat(answer).isPositive();
    assertThat(LookupAnswers.isAnswer(writer.buffer(), 0, answer)).isTrue();
    assertThat(LookupAnswers.correlationId(writer.buffer(), 0)).isEqualTo(ID);
    return LookupAnswers.read(writer.buffer(), 0, answer);
  }

  private void assertRefused(Reason reason, int length) {
    assertThatThrownBy(() -> ask(length))
        .isInstanceOfSatisfying(
            LookupException.class,
            e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
  }

  private List<Integer> oneOfEach() {
    return List.of(
        requests.counts(buffer, ID, TENANT, Frames.MODEL, CODE),
        requests.contexts(buffer, ID, TENANT, Frames.MODEL, CODE, 3),
        requests.concept(buffer, ID, TENANT, "fire"),
        requests.topCodes(buffer, ID, TENANT, Frames.MODEL, Site.parse("L0.mlp"), 3),
        requests.positions(buffer, ID, TENANT, "r", 0, 9),
        requests.status(buffer, ID, TENANT));
  }

  @Test
  void shouldAnswerEveryRequestWithItsCorrelationId() {
    var concept = new ConceptPut("fire", Frames.MODEL, List.of(CODE, CODE), "ann");
    index.ruleChange(TENANT, 4, concept);

    assertThat(ask(requests.counts(buffer, ID, TENANT, Frames.MODEL, CODE)))
        .isInstanceOfSatisfying(
            CodeCounts.class,
            counts -> {
              assertThat(counts.firings()).isEqualTo(Frames.MAX_POSITIONS);
              assertThat(counts.rate()).isEqualTo(1);
            });
    assertThat(ask(requests.contexts(buffer, ID, TENANT, Frames.MODEL, CODE, 3)))
        .isInstanceOfSatisfying(
            CodeContexts.class,
            contexts -> {
              assertThat(contexts.contexts()).hasSize(3);
              assertThat(contexts.contexts().getFirst().position()).isEqualTo(63);
              assertThat(contexts.firedOn()).hasSize(6);
            });
    assertThat(ask(requests.concept(buffer, ID, TENANT, "fire")))
        .isEqualTo(new ConceptCodes("fire", Frames.MODEL, 4, List.of(CODE, CODE)));
    assertThat(ask(requests.topCodes(buffer, ID, TENANT, Frames.MODEL, CODE.site(), 3)))
        .isInstanceOfSatisfying(
            TopCodes.class, top -> assertThat(top.codes()).containsExactly(entry(500, 64)));
    assertThat(ask(requests.positions(buffer, ID, TENANT, "r", 60, 9)))
        .isInstanceOfSatisfying(
            PositionCodes.class,
            found -> {
              assertThat(found.positions()).hasSize(4);
              assertThat(found.codesOf(found.positions().getFirst())).contains(CODE);
            });
    assertThat(ask(requests.status(buffer, ID, TENANT)))
        .isInstanceOfSatisfying(
            IndexStatus.class,
            status -> {
              assertThat(status.caughtUp()).isTrue();
              assertThat(status.committedPositions()).isEqualTo(64);
              assertThat(status.memoryBytes()).isPositive();
            });
  }

  private static TopCodes.Entry entry(int code, long firings) {
    return new TopCodes.Entry(code, firings);
  }

  @Test
  void shouldRefuseARequestThatIsCutOffAnywhere() {
    for (int kind = 0; kind < oneOfEach().size(); kind++) {
      int whole = write(kind);
      for (int length = 16; length < whole; length++) {
        write(kind);
        assertRefused(Reason.MALFORMED, length);
      }
      for (int length = 0; length < 16; length++) {
        write(kind);
        assertThat(adapter.answer(1, buffer, 0, length)).isEqualTo(LookupAdapter.NO_ANSWER);
      }
    }
    assertThat(metrics.get(IndexMetric.FOREIGN_REQUESTS)).isPositive();
  }

  private int write(int kind) {
    return switch (kind) {
      case 0 -> requests.counts(buffer, ID, TENANT, Frames.MODEL, CODE);
      case 1 -> requests.contexts(buffer, ID, TENANT, Frames.MODEL, CODE, 3);
      case 2 -> requests.concept(buffer, ID, TENANT, "fire");
      case 3 -> requests.topCodes(buffer, ID, TENANT, Frames.MODEL, CODE.site(), 3);
      case 4 -> requests.positions(buffer, ID, TENANT, "r", 0, 9);
      default -> requests.status(buffer, ID, TENANT);
    };
  }

  @Test
  void shouldSaySoWhenATemplateIsUnknown() {
    int length = requests.status(buffer, ID, TENANT);
    buffer.putShort(2, (short) 99, ByteOrder.LITTLE_ENDIAN);

    assertRefused(Reason.UNSUPPORTED, length);
  }

  @Test
  void shouldRefuseMoreThanItAnswersAtOnce() {
    assertRefused(
        Reason.LIMIT, requests.topCodes(buffer, ID, TENANT, Frames.MODEL, CODE.site(), 60_000));
    List<Code> many = new ArrayList<>();
    for (int i = 0; i < 15_000; i++) {
      many.add(CODE);
    }
    index.ruleChange(TENANT, 5, new ConceptPut("all", Frames.MODEL, many, "ann"));
    assertRefused(Reason.LIMIT, requests.concept(buffer, ID, TENANT, "all"));
  }

  @Test
  void shouldSurviveRandomAndFlippedBytes() {
    ForAll.cases(5_000)
        .check(
            random -> {
              int length = write(random.nextInt(6));
              if (random.nextBoolean()) {
                length = random.nextInt(200);
                byte[] bytes = new byte[length];
                random.nextBytes(bytes);
                buffer.putBytes(0, bytes);
              }
              for (int flips = random.nextInt(4); flips > 0 && length > 0; flips--) {
                buffer.putByte(random.nextInt(length), (byte) random.nextInt());
              }
              int answer = adapter.answer(1, buffer, 0, length);
              if (answer != LookupAdapter.NO_ANSWER) {
                assertThat(LookupAnswers.isAnswer(writer.buffer(), 0, answer)).isTrue();
              }
            });
  }
}
