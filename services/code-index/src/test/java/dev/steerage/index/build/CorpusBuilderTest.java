package dev.steerage.index.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.index.corpus.Corpus;
import dev.steerage.index.corpus.CorpusException;
import dev.steerage.index.corpus.CorpusFolder;
import dev.steerage.index.corpus.CorpusInfo;
import dev.steerage.index.corpus.NeuronSample;
import dev.steerage.index.corpus.Segment;
import dev.steerage.ops.Backends;
import dev.steerage.ops.Floats;
import dev.steerage.ops.Team;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.forward.ForwardObserver;
import dev.steerage.transformer.forward.ForwardPass;
import dev.steerage.transformer.intervention.Steering;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CorpusBuilderTest {
  private static final Path MODEL = Path.of("..", "..", "infra", "models", "tokfsm");
  private static final int DOCUMENTS = 20;
  private static CodebookTransformer model;

  @TempDir private Path folder;
  private final List<String> said = new ArrayList<>();

  @BeforeAll
  static void load() {
    model = CodebookTransformer.load(MODEL, Backends.byName("auto"));
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private Path text(String name, long seed) throws IOException {
    var random = new SplittableRandom(seed);
    var text = new StringBuilder();
    for (int i = 0; i < DOCUMENTS; i++) {
      // Some longer than the model's context, one empty.
      int digits = i == 7 ? 0 : 2 + random.nextInt(180);
      for (int d = 0; d < digits; d++) {
        text.append(random.nextInt(10));
      }
      text.append('\n');
    }
    return Files.writeString(folder.resolve(name), text);
  }

  private Path corpus() {
    return folder.resolve("corpus");
  }

  private Corpus build(Path... texts) {
    CorpusInfo info =
        CorpusInfo.exists(corpus())
            ? CorpusInfo.read(corpus())
            : CorpusBuilder.describe(model, MODEL, "corpus", "\n", 0, 400);
    try (var builder = new CorpusBuilder(model, corpus(), info, 2, new Said())) {
      builder.build(List.of(texts));
    }
    return Corpus.open(corpus());
  }

  private final class Said implements BuildProgress {
    @Override
    public void ran(long tokens, long done, long all) {
      assertThat(done).isBetween(1L, all);
    }

    @Override
    public void wrote(String segment, int documents, int tokens, long bytes) {
      said.add(segment);
    }

    @Override
    public void records(int tokens) {
      said.add("neurons " + tokens);
    }

    @Override
    public void rebuilds(String reason) {
      said.add(reason);
    }
  }

  @Test
  void shouldKeepWhatTheEngineSays() throws IOException {
    Corpus corpus = build(text("a.txt", 1));

    assertThat(corpus.segments()).hasSizeGreaterThan(1);
    assertThat(corpus.damaged()).isEmpty();
    String all = Files.readString(folder.resolve("a.txt")).replace("\n", "");
    var found = new StringBuilder();
    for (Segment segment : corpus.segments()) {
      for (int document = 0; document < segment.documents(); document++) {
        found.append(new String(segment.text(document)));
        assertThat(codes(segment, document))
            .as("segment %s, document %d", segment.file(), document)
            .isEqualTo(engine(new String(segment.text(document))));
      }
    }
    assertThat(found.toString()).isEqualTo(all);
  }

  private static List<List<Integer>> codes(Segment segment, int document) {
    var cursor = segment.forward(0).cursor();
    List<List<Integer>> codes = new ArrayList<>();
    for (int p = segment.firstPosition(document); p < segment.firstPosition(document + 1); p++) {
      int at = cursor.seek(p);
      List<Integer> ids = new ArrayList<>();
      for (int i = 0; i < segment.forward(0).idsPerPosition(); i++) {
        ids.add((int) cursor.ids()[at + i]);
      }
      codes.add(ids);
    }
    return codes;
  }

  /// One row at a time, one document at a time.
  private static List<List<Integer>> engine(String text) {
    int[] tokens = model.tokenizer().encodePrompt(text);
    int[] pages = {0, 1, 2, 3, 4, 5, 6, 7};
    List<List<Integer>> codes = new ArrayList<>();
    try (var team = new Team("test", 1);
        var forward = new ForwardPass(model.weights(), team, 1, 1, pages.length, pages)) {
      for (int p = 0; p < tokens.length; p++) {
        forward.add(tokens[p], p, 0, Steering.NONE, false);
        forward.run();
        List<Integer> ids = new ArrayList<>();
        for (int site = 0; site < forward.sites(); site++) {
          ids.add(forward.natural(0, site, 0));
        }
        forward.clear();
        if (p > 0) {
          codes.add(ids);
        }
      }
    }
    return codes;
  }

  @Test
  void shouldListWhereEachCodeFired() throws IOException {
    Corpus corpus = build(text("a.txt", 2));

    Segment segment = corpus.segments().getFirst();
    var cursor = segment.forward(0).cursor();
    for (int site = 0; site < corpus.info().sites().size(); site++) {
      int listed = 0;
      for (int code = 0; code < corpus.info().sites().get(site).codes(); code++) {
        for (int position : segment.postings(site).positions(code)) {
          assertThat((int) cursor.ids()[cursor.seek(position) + site]).isEqualTo(code);
          listed++;
        }
        assertThat(segment.counts(site)[code]).isEqualTo(segment.postings(site).count(code));
      }
      assertThat(listed).isEqualTo(segment.positions());
    }
  }

  @Test
  void shouldGoOnWhereItWasStoppedAndAppendNewTexts() throws IOException {
    Path first = text("a.txt", 3);
    Path second = text("b.txt", 4);
    Corpus whole = build(first, second);
    List<byte[]> expected = bytes(whole);
    // As after a kill: the last segments are missing, one is half written.
    List<Path> files = new CorpusFolder(corpus()).segmentFiles();
    Files.move(files.getLast(), files.getLast().resolveSibling("segment-000099.bin.part"));
    Files.delete(files.get(files.size() - 2));
    said.clear();

    Corpus again = build();

    assertThat(bytes(again)).hasSize(expected.size());
    for (int i = 0; i < expected.size(); i++) {
      assertThat(bytes(again).get(i)).isEqualTo(expected.get(i));
    }
    assertThat(said).hasSize(2);
    assertThat(build(first).segments()).hasSize(expected.size());
  }

  private static List<byte[]> bytes(Corpus corpus) throws IOException {
    List<byte[]> bytes = new ArrayList<>();
    for (Segment segment : corpus.segments()) {
      bytes.add(Files.readAllBytes(segment.file()));
    }
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(strings = {"flip", "cut", "empty"})
  void shouldNeverServeADamagedSegmentAndBuildItAgain(String damage) throws IOException {
    Corpus whole = build(text("a.txt", 5));
    Path file = whole.segments().get(1).file();
    byte[] good = Files.readAllBytes(file);
    var random = new SplittableRandom(6);

    for (int i = 0; i < (damage.equals("flip") ? 12 : 1); i++) {
      Files.write(file, good);
      try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
        switch (damage) {
          case "cut" -> bytes.setLength(good.length / 2);
          case "empty" -> bytes.setLength(0);
          default -> {
            int at = i == 0 ? good.length - 9 : random.nextInt(good.length);
            bytes.seek(at);
            bytes.write(good[at] ^ 1 << random.nextInt(8));
          }
        }
      }
      assertThat(Corpus.open(corpus()).damaged()).as("attempt %d", i).hasSize(1);
      assertThat(Corpus.open(corpus()).segments()).hasSize(whole.segments().size() - 1);
    }
    said.clear();

    Corpus again = build();

    assertThat(again.damaged()).isEmpty();
    assertThat(Files.readAllBytes(file)).isEqualTo(good);
    assertThat(said.getFirst()).contains(file.toString(), "damaged");
  }

  private NeuronSample record(int tokens) {
    try (var builder =
        new CorpusBuilder(model, corpus(), CorpusInfo.read(corpus()), 2, new Said())) {
      builder.recordNeurons(tokens);
    }
    return Corpus.open(corpus()).neurons().orElseThrow();
  }

  @Test
  void shouldRecordHowActiveEachNeuronIsOnASample() throws IOException {
    build(text("a.txt", 9));

    NeuronSample sample = record(300);

    int inner = model.config().inner();
    int channels = model.sites().stream().mapToInt(site -> site.width()).sum();
    assertThat(sample.neurons()).isEqualTo(model.config().layers() * inner + channels);
    assertThat(sample.name(inner + 3)).isEqualTo("L1.mlp_mid[3]");
    assertThat(sample.name(sample.neurons() - 1)).matches("L\\d\\.[a-z]+(\\.H\\d)?\\[\\d+]");
    assertThat(sample.positions()).isBetween(100, 300);
    int neuron = inner + 3;
    List<Float> activity = new ArrayList<>();
    for (NeuronSample.Part part : sample.parts()) {
      activity.addAll(neuron(new String(part.segment().text(part.document())), 1, 3));
    }
    assertThat(activity).hasSize(sample.positions());
    for (int i = 0; i < activity.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (activity.get(i) > activity.get(j)) {
          assertThat(sample.level(neuron, i)).isGreaterThanOrEqualTo(sample.level(neuron, j));
        } else {
          assertThat(sample.level(neuron, i)).isLessThanOrEqualTo(sample.level(neuron, j));
        }
      }
    }
    int most = activity.indexOf(Collections.max(activity));
    assertThat(sample.level(neuron, most)).isEqualTo(NeuronSample.LEVELS - 1);
    int half = IntStream.of(0, 1).map(each -> sample.reaching(neuron, each, 0)).sum();
    assertThat(half).isEqualTo(sample.positions());
  }

  /// One document at a time, all of its tokens at once.
  private static List<Float> neuron(String text, int layer, int neuron) {
    int[] tokens = model.tokenizer().encodePrompt(text);
    int[] pages = {0, 1, 2, 3, 4, 5, 6, 7};
    List<Float> found = new ArrayList<>();
    try (var team = new Team("test", 1);
        var forward =
            new ForwardPass(model.weights(), team, tokens.length, 1, pages.length, pages)) {
      forward.observe(
          new ForwardObserver() {
            @Override
            public void neurons(int at, MemorySegment inner) {
              for (int row = 1; at == layer && row < tokens.length; row++) {
                found.add(Floats.get(inner, (long) row * model.config().inner() + neuron));
              }
            }
          });
      for (int p = 0; p < tokens.length; p++) {
        forward.add(tokens[p], p, 0, Steering.NONE, false);
      }
      forward.run();
    }
    return found;
  }

  @Test
  void shouldServeNoSampleOfAnotherCorpusAndNoDamagedOne() throws IOException {
    build(text("a.txt", 10));
    record(100);
    said.clear();
    record(100);
    assertThat(said).as("it is there").isEmpty();
    Path file = corpus().resolve("neurons.bin");
    try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(bytes.length() / 2);
      bytes.write(bytes.read() ^ 1);
    }

    assertThat(Corpus.open(corpus()).damaged()).singleElement().asString().contains("neurons.bin");
    assertThat(Corpus.open(corpus()).neurons()).isEmpty();
    assertThat(record(100).wanted()).isEqualTo(100);
    assertThat(build(text("b.txt", 11)).neurons()).as("it is of fewer documents").isEmpty();
  }

  @Test
  void shouldRefuseATextThatChanged() throws IOException {
    Path text = text("a.txt", 7);
    build(text);
    Files.delete(new CorpusFolder(corpus()).segmentFiles().getLast());
    Files.writeString(text, "1234567890\n");

    assertThatThrownBy(() -> build())
        .isInstanceOf(CorpusException.class)
        .hasMessageContaining(text.toString());
  }

  @Test
  void shouldFindTheTokenOfAByte() throws IOException {
    Segment segment = build(text("a.txt", 8)).segments().getFirst();

    for (int document = 0; document < 5; document++) {
      byte[] text = segment.text(document);
      for (int i = 0; i < text.length; i++) {
        int position = segment.positionAt(document, i);
        assertThat(segment.documentOf(position)).isEqualTo(document);
        assertThat(segment.text(document, position, position + 1))
            .isEqualTo(Arrays.copyOfRange(text, i, i + 1));
      }
    }
  }
}
