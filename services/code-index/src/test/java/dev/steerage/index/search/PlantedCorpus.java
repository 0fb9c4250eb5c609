package dev.steerage.index.search;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.index.codec.Output;
import dev.steerage.index.corpus.Corpus;
import dev.steerage.index.corpus.CorpusInfo;
import dev.steerage.index.corpus.Cursor;
import dev.steerage.index.corpus.NeuronGroup;
import dev.steerage.index.corpus.NeuronWriter;
import dev.steerage.index.corpus.Piece;
import dev.steerage.index.corpus.Segment;
import dev.steerage.index.corpus.SegmentWriter;
import dev.steerage.index.corpus.TokenTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// A corpus whose codes have a meaning that is known: at `L0.mlp` one code fires on nine of ten
/// cats and on nothing else, one on the first token of a document, one on most tokens of the second
/// source; all others fire at random.
public record PlantedCorpus(Path folder, List<Document> documents, List<byte[]> vocabulary) {
  public static final int CAT_CODE = 7;
  public static final int FIRST_CODE = 11;
  public static final int SOURCE_CODE = 13;

  public static final List<SiteShape> SITES =
      List.of(
          new SiteShape(Site.parse("L0.attn.H0"), 40, 3, 4),
          new SiteShape(Site.parse("L0.attn.H1"), 25, 3, 4),
          new SiteShape(Site.parse("L0.mlp"), 60, 2, 8));
  private static final int RANDOM_FROM = 20;

  /// Of the model that would have written it.
  public static final String HASH = "0123456789abcdef".repeat(4);

  /// Neurons of [#writeNeurons].
  public static final int NEURONS = 5;

  private static final int IDS = 8;
  private static final int HON = 13;

  /// A document with its codes, `[token][sites][slots]`.
  public record Document(Piece piece, char[] ids) {}

  private static List<byte[]> words() {
    List<byte[]> words = new ArrayList<>();
    for (String word : "the cat dog a that an in o eg sits THE  é 本 ! b".split(" ", -1)) {
      words.add(word.isEmpty() ? " ".getBytes(StandardCharsets.UTF_8) : utf8(word));
    }
    // A character of three bytes in two tokens.
    words.add(Arrays.copyOfRange(utf8("日"), 0, 1));
    words.add(Arrays.copyOfRange(utf8("日"), 1, 3));
    return words;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// Writes a corpus of two sources and several segments.
  public static PlantedCorpus write(Path folder, int documents, long seed) {
    var random = new SplittableRandom(seed);
    List<byte[]> words = words();
    CorpusInfo info =
        new CorpusInfo(
            folder.getFileName().toString(),
            "planted",
            "",
            HASH,
            "none",
            SITES,
            words.size(),
            64,
            "\n",
            1000,
            List.of(new CorpusInfo.Source("a", 1, ""), new CorpusInfo.Source("b", 1, "")));
    info.write(folder);
    List<Document> all = new ArrayList<>();
    for (int i = 0; i < documents; i++) {
      all.add(document(random, words, i < documents / 2 ? 0 : 1, i));
    }
    var planted = new PlantedCorpus(folder, all, words);
    try {
      planted.writeSegments(info);
      var table = new Output(64);
      table.varint(words.size());
      for (byte[] word : words) {
        table.varint(word.length);
        table.bytes(word, 0, word.length);
      }
      TokenTable.write(folder, table);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return planted;
  }

  private void writeSegments(CorpusInfo info) throws IOException {
    int third = documents.size() / 3;
    Cursor begin = Cursor.START;
    for (int segment = 0; segment < 3; segment++) {
      int from = segment * third;
      var writer = new SegmentWriter(info, begin, from);
      int to = segment == 2 ? documents.size() : from + third;
      for (Document document : documents.subList(from, to)) {
        writer.add(document.piece(), document.ids());
      }
      begin = writer.end();
      writer.write(folder.resolve("segment-%06d.bin".formatted(segment)));
    }
  }

  /// Neurons on every third document: the first is most active on cats and on some dogs, the second
  /// on dogs, the others anyhow.
  ///
  /// @return `[neuron][document][token]`, of documents without neurons null
  public float[][][] writeNeurons(long seed) {
    var random = new SplittableRandom(seed);
    float[][][] activity = new float[NEURONS][documents.size()][];
    List<Long> numbers = new ArrayList<>();
    int positions = 0;
    for (int document = 0; document < documents.size(); document += 3) {
      int[] tokens = documents.get(document).piece().tokens();
      numbers.add((long) document);
      positions += tokens.length;
      for (int neuron = 0; neuron < NEURONS; neuron++) {
        activity[neuron][document] = new float[tokens.length];
        for (int i = 0; i < tokens.length; i++) {
          boolean isFound =
              neuron < 2 && tokens[i] == neuron + 1 || neuron == 0 && tokens[i] == 2 && i % 3 == 0;
          activity[neuron][document][i] = (float) random.nextDouble() + (isFound ? 0.9F : 0);
        }
      }
    }
    float[][] rows = new float[NEURONS][positions];
    for (int neuron = 0; neuron < NEURONS; neuron++) {
      int next = 0;
      for (long number : numbers) {
        float[] document = activity[neuron][(int) number];
        System.arraycopy(document, 0, rows[neuron], next, document.length);
        next += document.length;
      }
    }
    List<Segment> segments = open().segments();
    long[] drawn = numbers.stream().mapToLong(each -> each).toArray();
    List<NeuronGroup> groups = List.of(new NeuronGroup("L0.mlp_mid", NEURONS));
    try (var writer = new NeuronWriter(folder, segments, drawn, positions, groups)) {
      writer.add(writer.tile(rows));
      writer.finish();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return activity;
  }

  private static Document document(
      SplittableRandom random, List<byte[]> words, int source, int number) {
    int length = 2 + random.nextInt(60);
    int split = words.size() - 2;
    int[] tokens = new int[length];
    for (int i = 0; i < length; i++) {
      tokens[i] = random.nextInt(i + 2 < length ? split + 1 : split);
      if (tokens[i] == split) {
        // The second part of the character, and another one after it.
        tokens[++i] = split + 1;
        tokens[++i] = HON;
      }
    }
    var text = new ByteArrayOutputStream();
    int[] starts = new int[length];
    char[] ids = new char[length * IDS];
    for (int i = 0; i < length; i++) {
      starts[i] = text.size();
      text.writeBytes(words.get(tokens[i]));
      codes(random, tokens[i], i, source, ids);
    }
    return new Document(
        new Piece(
            text.toByteArray(),
            tokens,
            starts,
            random.nextInt(2),
            source,
            new Cursor(source, number + 1L)),
        ids);
  }

  private static void codes(
      SplittableRandom random, int token, int position, int source, char[] ids) {
    int at = position * IDS;
    for (SiteShape site : SITES) {
      for (int slot = 0; slot < site.activeCodes(); slot++) {
        // Slots of a site lie in different ranges, so that no code fires twice.
        int range = (site.codes() - RANDOM_FROM) / site.activeCodes();
        ids[at++] = (char) (RANDOM_FROM + slot * range + random.nextInt(range));
      }
    }
    if (token == 1 && random.nextInt(10) > 0) {
      ids[at - 1] = CAT_CODE;
    } else if (position == 0) {
      ids[at - 1] = FIRST_CODE;
    } else if (source == 1 && random.nextInt(10) < 7) {
      ids[at - 1] = SOURCE_CODE;
    }
  }

  public Corpus open() {
    return Corpus.open(folder);
  }

  /// The id of a token by its text.
  public int token(String text) {
    for (int i = 0; i < vocabulary.size(); i++) {
      if (Arrays.equals(vocabulary.get(i), utf8(text))) {
        return i;
      }
    }
    throw new IllegalArgumentException(text);
  }

  /// The codes that fire on a token of a document.
  public List<Code> codes(Document document, int token) {
    List<Code> codes = new ArrayList<>();
    int at = token * IDS;
    for (SiteShape site : SITES) {
      for (int slot = 0; slot < site.activeCodes(); slot++) {
        codes.add(new Code(site.site(), document.ids()[at++]));
      }
    }
    return codes;
  }
}
