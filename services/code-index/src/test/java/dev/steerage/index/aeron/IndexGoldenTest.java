package dev.steerage.index.aeron;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.codebook.Code;
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
import dev.steerage.index.store.IndexMetrics;
import dev.steerage.index.store.Origin;
import dev.steerage.schemas.aeron.TenantKeys;
import dev.steerage.schemas.index.CodeContexts;
import dev.steerage.schemas.index.CodeCounts;
import dev.steerage.schemas.index.CodeScore;
import dev.steerage.schemas.index.FoundCodes;
import dev.steerage.schemas.index.LookupAnswers;
import dev.steerage.schemas.index.LookupException;
import dev.steerage.schemas.index.LookupRequests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Requests and answers as they were released, read with today's code: an old client asks this
/// index, and this client asks an old index.
///
/// `-Dgolden.write=true` writes the files that are missing and never changes one that is there.
class IndexGoldenTest {
  private static final CorpusDesk DESK =
      new CorpusDesk(Path.of("no-corpora"), SearchLimits.defaults(), new LabelBook());
  private static final Path GOLDEN = Path.of("..", "..", "schemas", "golden", "index");
  private static final long ID = 42;
  private static final Code CODE = Code.parse("L0.mlp:500");
  private static final LookupRequests REQUESTS = new LookupRequests();

  private final CodeIndex index = new CodeIndex(IndexLimits.defaults(), new IndexMetrics());
  private final AnswerWriter writer = new AnswerWriter();
  private final LookupAdapter adapter =
      new LookupAdapter(
          index, new IndexMetrics(), writer, DESK, new LabelBook(), new Access(TenantKeys.NONE));

  @AfterAll
  static void closeDesk() {
    DESK.close();
  }

  IndexGoldenTest() {
    index.modelSeen(Frames.model());
    var places = List.of(new Place(1, 10, 110, 210, 500), new Place(2, 10, 120, 220, 501));
    byte[] bytes = new Message("acme", "r", 1, 0, places).encode();
    var reader = new BatchReader(index);
    assertThat(reader.read(new UnsafeBuffer(bytes), 0, bytes.length)).isEmpty();
    index.committed("acme", reader.model(), reader.batch(), new Origin(1_000, 0, 0));
    index.progress("acme", "steerage.acme.activations", 0, 1);
    index.ruleChange("acme", 3, new ConceptPut("fire", Frames.MODEL, List.of(CODE), "ann"));
    index.caughtUp();
  }

  /// A question and the name of its files.
  private record Question(String name, byte[] bytes) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Question> questions() {
    return Stream.of(
        question("counts", to -> REQUESTS.counts(to, ID, "acme", Frames.MODEL, CODE)),
        question("contexts", to -> REQUESTS.contexts(to, ID, "acme", Frames.MODEL, CODE, 3)),
        question("concept", to -> REQUESTS.concept(to, ID, "acme", "fire")),
        question(
            "top-codes", to -> REQUESTS.topCodes(to, ID, "acme", Frames.MODEL, CODE.site(), 5)),
        question("positions", to -> REQUESTS.positions(to, ID, "acme", "r", 0, 9)),
        question("status", to -> REQUESTS.status(to, ID, "acme")),
        question("digest", to -> REQUESTS.digest(to, ID, "acme")),
        question("challenge", to -> REQUESTS.challenge(to, ID)),
        question("proof", to -> REQUESTS.proof(to, ID, "acme", new byte[32])),
        question("unknown", to -> REQUESTS.concept(to, ID, "acme", "water")));
  }

  private static Question question(String name, ToIntFunction<UnsafeBuffer> ask) {
    var buffer = new UnsafeBuffer(new byte[LookupRequests.MAX_FRAME_BYTES]);
    int length = ask.applyAsInt(buffer);
    return new Question(name, Arrays.copyOf(buffer.byteArray(), length));
  }

  private byte[] answer(byte[] question) {
    int length = adapter.answer(1, new UnsafeBuffer(question), 0, question.length);
    byte[] bytes = new byte[length];
    writer.buffer().getBytes(0, bytes);
    return bytes;
  }

  private static String read(byte[] answer) {
    assertThat(LookupAnswers.correlationId(new UnsafeBuffer(answer), 0)).isEqualTo(ID);
    try {
      return LookupAnswers.read(new UnsafeBuffer(answer), 0, answer.length).toString();
    } catch (LookupException e) {
      return e.reason() + ": " + e.getMessage();
    }
  }

  @ParameterizedTest
  @MethodSource("questions")
  void shouldAnswerTheQuestionsOfThen(Question question) throws IOException {
    byte[] golden = golden(since(question) + question.name() + "-request.bin", question.bytes());

    if (!question.name().equals("challenge")) {
      assertThat(read(answer(golden))).isEqualTo(read(answer(question.bytes())));
    }
    assertThat(read(answer(golden))).doesNotStartWith("MALFORMED").doesNotStartWith("UNSUPPORTED");
  }

  @ParameterizedTest
  @MethodSource("questions")
  void shouldReadTheAnswersOfThen(Question question) throws IOException {
    byte[] today = answer(question.bytes());
    byte[] golden = golden(since(question) + question.name() + "-answer.bin", today);

    // What the index counts about itself may differ, and a challenge has to; the rest is the same.
    if (!List.of("status", "challenge").contains(question.name())) {
      assertThat(read(golden)).isEqualTo(read(today));
    }
    assertThat(read(golden)).doesNotStartWith("MALFORMED").doesNotStartWith("UNSUPPORTED");
  }

  /// The proof among the questions is refused: it cannot fit a challenge that differs each time.
  @Test
  void shouldReadThatAProofHeldThen() throws IOException {
    byte[] today = new byte[writer.proven(ID)];
    writer.buffer().getBytes(0, today);
    byte[] golden = golden("v2-proven-answer.bin", today);

    assertThat(read(golden)).isEqualTo(read(today)).isEqualTo("Proven[]");
  }

  /// What rules did to a code came with version 3.
  @Test
  void shouldReadWhatRulesDidThen() throws IOException {
    var touch = new CodeContexts.RuleTouch("sea", 7, 2, Instant.ofEpochMilli(5_000));
    var contexts = new CodeContexts(List.of(), List.of(), List.of(touch));
    byte[] today = new byte[writer.contexts(ID, contexts)];
    writer.buffer().getBytes(0, today);
    byte[] golden = golden("v3-contexts-answer.bin", today);

    assertThat(LookupAnswers.read(new UnsafeBuffer(golden), 0, golden.length)).isEqualTo(contexts);
  }

  /// Neurons at equal recall came with version 3.
  @Test
  void shouldReadTheNeuronsOfThen() throws IOException {
    var neuron = new FoundCodes.Neuron("L3.mlp_mid[17]", new CodeScore(6, 12, 9));
    var found =
        new FoundCodes(
            Frames.MODEL,
            "tales",
            100,
            5_000,
            true,
            true,
            Duration.ofMillis(4),
            List.of(
                new FoundCodes.Found(
                    CODE,
                    new CodeScore(8, 10, 11),
                    new CodeScore(7, 10, 12),
                    Optional.of(neuron),
                    "pronouns")),
            List.of(),
            11,
            12,
            new FoundCodes.Sample(20, 1_000, 8, 9));
    byte[] today = new byte[writer.corpora().search(ID, found)];
    writer.buffer().getBytes(0, today);
    byte[] golden = golden("v3-search-answer.bin", today);

    assertThat(LookupAnswers.read(new UnsafeBuffer(golden), 0, golden.length)).isEqualTo(found);
  }

  @Test
  void shouldReadWhatTheCountsOfThenSaid() throws IOException {
    byte[] golden = golden("v1-counts-answer.bin", new byte[0]);

    assertThat(LookupAnswers.read(new UnsafeBuffer(golden), 0, golden.length))
        .isEqualTo(new CodeCounts(1, 0, 2, Instant.ofEpochMilli(1_000)));
  }

  /// The version that brought a question.
  private static String since(Question question) {
    return List.of("digest", "challenge", "proof").contains(question.name()) ? "v2-" : "v1-";
  }

  private static byte[] golden(String name, byte[] today) throws IOException {
    Path file = GOLDEN.resolve(name);
    if (!Files.exists(file) && today.length > 0 && Boolean.getBoolean("golden.write")) {
      Files.createDirectories(file.getParent());
      Files.write(file, today);
    }
    return Files.readAllBytes(file);
  }
}
