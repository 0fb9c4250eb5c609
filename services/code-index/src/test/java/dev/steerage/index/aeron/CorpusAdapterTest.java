package dev.steerage.index.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.rule.RuleChange.ConceptPut;
import dev.steerage.index.desk.CorpusDesk;
import dev.steerage.index.desk.LabelBook;
import dev.steerage.index.desk.Reply;
import dev.steerage.index.search.PlantedCorpus;
import dev.steerage.index.search.SearchLimits;
import dev.steerage.index.store.CodeIndex;
import dev.steerage.index.store.IndexLimits;
import dev.steerage.index.store.IndexMetrics;
import dev.steerage.index.store.KnownModel;
import dev.steerage.schemas.aeron.TenantKeys;
import dev.steerage.schemas.index.AboutCode;
import dev.steerage.schemas.index.CodeLabels;
import dev.steerage.schemas.index.CodeLabels.Label;
import dev.steerage.schemas.index.CodeSearch;
import dev.steerage.schemas.index.CodeSearch.Kind;
import dev.steerage.schemas.index.Corpora;
import dev.steerage.schemas.index.CorpusRequests;
import dev.steerage.schemas.index.FoundCodes;
import dev.steerage.schemas.index.LookupAnswers;
import dev.steerage.schemas.index.LookupException;
import dev.steerage.schemas.index.LookupException.Reason;
import dev.steerage.testkit.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusAdapterTest {
  private static final long ID = 91;
  private static final int SESSION = 4;
  private static final String MODEL = "planted";
  private static final Code CAT = new Code(Site.parse("L0.mlp"), PlantedCorpus.CAT_CODE);
  private static final LabelBook LABELS = new LabelBook();
  @TempDir private static Path folder;
  private static CorpusDesk desk;

  private final CodeIndex index = new CodeIndex(IndexLimits.defaults(), new IndexMetrics());
  private final AnswerWriter writer = new AnswerWriter();
  private final LookupAdapter adapter =
      new LookupAdapter(
          index, new IndexMetrics(), writer, desk, LABELS, new Access(TenantKeys.NONE));
  private final CorpusRequests requests = new CorpusRequests();
  private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[4096]);

  CorpusAdapterTest() {
    index.tenantSeen("acme");
    index.tenantSeen("other");
    index.ruleChange("acme", 3, new ConceptPut("cats", MODEL, List.of(CAT), "ann"));
    index.caughtUp();
  }

  @BeforeAll
  static void open() {
    PlantedCorpus.write(folder.resolve("planted"), 200, 1).writeNeurons(2);
    desk = new CorpusDesk(folder, SearchLimits.defaults(), LABELS);
    LABELS.put(MODEL, CAT, new Label("animal: cat", "ann", "acme", Instant.EPOCH, Double.NaN));
    LABELS.put(MODEL, CAT, new Label("cat", "bo", "", Instant.ofEpochMilli(5), 0.5));
  }

  @AfterAll
  static void close() {
    desk.close();
  }

  private Object ask(int length) {
    int answer = adapter.answer(SESSION, buffer, 0, length);
    if (answer == LookupAdapter.NO_ANSWER) {
      Reply[] reply = new Reply[1];
      Await.until(
          "a reply",
          Duration.ofSeconds(20),
          () -> {
            reply[0] = adapter.reply();
            return reply[0] != null;
          });
      assertThat(reply[0].session()).isEqualTo(SESSION);
      answer = adapter.write(reply[0]);
    }
    assertThat(LookupAnswers.correlationId(writer.buffer(), 0)).isEqualTo(ID);
    return LookupAnswers.read(writer.buffer(), 0, answer);
  }

  private FoundCodes search(String tenant, CodeSearch search) {
    return (FoundCodes) ask(requests.search(buffer, ID, tenant, search));
  }

  private void assertRefused(Reason reason, int length) {
    assertThatThrownBy(() -> ask(length))
        .isInstanceOfSatisfying(
            LookupException.class,
            e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
  }

  private Corpora awaitCorpora() {
    Corpora[] found = new Corpora[1];
    Await.until(
        "the corpus is open",
        Duration.ofSeconds(20),
        () -> {
          found[0] = (Corpora) ask(requests.corpora(buffer, ID, "acme", ""));
          return !found[0].corpora().isEmpty();
        });
    return found[0];
  }

  @Test
  void shouldSearchAndLabelWhatItFinds() {
    assertThat(awaitCorpora().corpora())
        .singleElement()
        .satisfies(
            corpus -> {
              assertThat(corpus.name()).isEqualTo("planted");
              assertThat(corpus.documents()).isEqualTo(200);
              assertThat(corpus.segments()).isEqualTo(3);
              assertThat(corpus.modelHash()).isEqualTo(PlantedCorpus.HASH);
            });

    FoundCodes found = search("acme", CodeSearch.of(MODEL, Kind.REGEX, "(cat)"));

    assertThat(found.heldOut()).isTrue();
    assertThat(found.positions()).isPositive();
    assertThat(found.codes().getFirst().code()).isEqualTo(CAT);
    assertThat(found.codes().getFirst().label()).isEqualTo("animal: cat");
    assertThat(found.codes().getFirst().scored().precision()).isEqualTo(1);
    assertThat(found.sample().documents()).isEqualTo(67);
    assertThat(found.codes().getFirst().neuron())
        .hasValueSatisfying(
            neuron -> {
              assertThat(neuron.name()).isEqualTo("L0.mlp_mid[0]");
              assertThat(neuron.precision()).isBetween(0.3, 0.95);
              assertThat(neuron.scored().matches()).isEqualTo(found.sample().scoredMatches());
            });
    assertThat(
            search("other", CodeSearch.of(MODEL, Kind.REGEX, "(cat)")).codes().getFirst().label())
        .isEqualTo("cat");
  }

  @Test
  void shouldSearchConceptsOfTheTenantAndLabels() {
    awaitCorpora();

    FoundCodes concept = search("acme", CodeSearch.of(MODEL, Kind.CONCEPT, "cats"));
    FoundCodes label = search("other", CodeSearch.of(MODEL, Kind.CONCEPT, "Cat"));

    assertThat(concept.codes().getFirst().code()).isEqualTo(CAT);
    assertThat(label.codes()).isEqualTo(label.codes());
    assertRefused(
        Reason.UNKNOWN_CONCEPT,
        requests.search(buffer, ID, "other", CodeSearch.of(MODEL, Kind.CONCEPT, "cats")));
  }

  @Test
  void shouldSayWhatTheCorpusSaysAboutACode() {
    awaitCorpora();

    AboutCode about = (AboutCode) ask(requests.about(buffer, ID, "acme", MODEL, "", CAT, 5));

    assertThat(about.firings()).isPositive();
    assertThat(about.contexts()).hasSize(5).allMatch(each -> each.token().equals("cat"));
    assertThat(about.firedOn())
        .singleElement()
        .satisfies(on -> assertThat(on.text()).isEqualTo("cat"));
    assertThat(about.firedOn().getFirst().firings()).isEqualTo(about.firings());
    assertThat(about.labels()).extracting(Label::text).containsExactly("animal: cat", "cat", "cat");
    assertThat(about.labels().getLast().author()).isEqualTo("pmi");
    assertThat(about.related()).isNotEmpty().allMatch(each -> !each.code().equals(CAT));
    assertThat(about.topicEntropy()).isBetween(0.9, 1.0);
  }

  @Test
  void shouldGiveLabelsByTextAndByCode() {
    CodeLabels byText = (CodeLabels) ask(requests.labels(buffer, ID, "acme", MODEL, "ANIMAL", 10));
    CodeLabels byCode = (CodeLabels) ask(requests.labels(buffer, ID, "acme", MODEL, "L0.mlp:7", 1));

    assertThat(byText.labels()).extracting(each -> each.label().author()).containsExactly("ann");
    assertThat(byCode.found()).isEqualTo(2);
    assertThat(byCode.labels()).hasSize(1);
    assertThat(((CodeLabels) ask(requests.labels(buffer, ID, "other", MODEL, "animal", 9))).found())
        .isZero();
  }

  @Test
  void shouldRefuseWhatIsNotThere() {
    awaitCorpora();
    CodeSearch search = CodeSearch.of(MODEL, Kind.REGEX, "(cat)");

    assertRefused(Reason.UNKNOWN_TENANT, requests.search(buffer, ID, "nobody", search));
    assertRefused(Reason.UNKNOWN_CORPUS, requests.search(buffer, ID, "acme", search.in("none")));
    assertRefused(
        Reason.UNKNOWN_CORPUS,
        requests.search(buffer, ID, "acme", CodeSearch.of("gpt", Kind.REGEX, "a")));
    assertRefused(
        Reason.BAD_QUERY,
        requests.search(buffer, ID, "acme", CodeSearch.of(MODEL, Kind.REGEX, "(cat")));
    assertRefused(
        Reason.UNKNOWN_CODE,
        requests.about(buffer, ID, "acme", MODEL, "", new Code(CAT.site(), 60), 5));
  }

  @Test
  void shouldRefuseACorpusOfOtherWeights() {
    awaitCorpora();
    index.modelSeen(
        new KnownModel(
            new ModelShape(MODEL, PlantedCorpus.SITES, 18, 64), "fedcba9876543210".repeat(4)));

    assertRefused(
        Reason.UNKNOWN_CORPUS,
        requests.search(buffer, ID, "acme", CodeSearch.of(MODEL, Kind.REGEX, "(cat)")));
  }
}
