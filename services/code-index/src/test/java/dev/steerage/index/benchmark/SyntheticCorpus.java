package dev.steerage.index.benchmark;

import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.index.codec.Output;
import dev.steerage.index.corpus.CorpusInfo;
import dev.steerage.index.corpus.Cursor;
import dev.steerage.index.corpus.Piece;
import dev.steerage.index.corpus.SegmentWriter;
import dev.steerage.index.corpus.TokenTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Text and codes of the size that the issue names: 2,000 documents of 1,024 tokens, 16 sites with
/// 8 of 10,000 codes. Words are made up and follow Zipf's law; half of the codes follow from the
/// token, the others follow Zipf's law.
final class SyntheticCorpus {
  static final int DOCUMENTS = 2_000;
  static final int TOKENS = 1_024;
  static final int SITES = 16;
  static final int SLOTS = 8;
  static final int CODES = 10_000;

  private static final int WORDS = 8_000;
  private static final int SEGMENT_DOCUMENTS = 500;

  final List<byte[]> words = new ArrayList<>();
  final List<Piece> pieces = new ArrayList<>();

  /// `[position][site][slot]`, of all documents.
  final char[] ids = new char[DOCUMENTS * TOKENS * SITES * SLOTS];

  private final SplittableRandom random = new SplittableRandom(20_26);
  private final int[] wordOf = zipf(WORDS, 1 << 20);
  private final int[] codeOf = zipf(CODES, 1 << 20);

  SyntheticCorpus() {
    for (int i = 0; i < WORDS; i++) {
      words.add((" " + word()).getBytes(StandardCharsets.UTF_8));
    }
    for (int document = 0; document < DOCUMENTS; document++) {
      pieces.add(document(document));
    }
  }

  private String word() {
    String consonants = "bcdfghjklmnprstvw";
    String vowels = "aeiou";
    var word = new StringBuilder();
    for (int syllable = 0; syllable < 1 + random.nextInt(3); syllable++) {
      word.append(consonants.charAt(random.nextInt(consonants.length())));
      word.append(vowels.charAt(random.nextInt(vowels.length())));
      if (random.nextInt(3) == 0) {
        word.append(consonants.charAt(random.nextInt(consonants.length())));
      }
    }
    return word.toString();
  }

  /// Draws from it with one random number are spread as 1 / rank.
  private static int[] zipf(int symbols, int size) {
    double sum = 0;
    for (int i = 1; i <= symbols; i++) {
      sum += 1.0 / i;
    }
    int[] draws = new int[size];
    double reached = 0;
    int at = 0;
    for (int i = 0; i < symbols; i++) {
      reached += 1.0 / (i + 1) / sum;
      int end = i == symbols - 1 ? size : (int) (reached * size);
      Arrays.fill(draws, at, Math.max(at, end), i);
      at = Math.max(at, end);
    }
    return draws;
  }

  private Piece document(int number) {
    int[] tokens = new int[TOKENS];
    int[] starts = new int[TOKENS];
    var text = new ByteArrayOutputStream();
    for (int i = 0; i < TOKENS; i++) {
      tokens[i] = wordOf[random.nextInt(wordOf.length)];
      starts[i] = text.size();
      text.writeBytes(words.get(tokens[i]));
      codes(tokens[i], (number * TOKENS + i) * SITES * SLOTS);
    }
    int half = random.nextInt(2);
    return new Piece(text.toByteArray(), tokens, starts, half, 0, new Cursor(0, number + 1L));
  }

  private void codes(int token, int at) {
    for (int site = 0; site < SITES; site++) {
      for (int slot = 0; slot < SLOTS; slot++) {
        int i = at + site * SLOTS + slot;
        int code;
        do {
          code =
              random.nextBoolean()
                  ? Math.floorMod((token * 31 + slot) * 0x9E3779B1 + site * 7_919, CODES)
                  : codeOf[random.nextInt(codeOf.length)];
        } while (isThere(i - slot, i, code));
        ids[i] = (char) code;
      }
    }
  }

  private boolean isThere(int from, int to, int code) {
    for (int i = from; i < to; i++) {
      if (ids[i] == code) {
        return true;
      }
    }
    return false;
  }

  CorpusInfo write(Path folder) throws IOException {
    List<SiteShape> sites = new ArrayList<>();
    for (int site = 0; site < SITES; site++) {
      sites.add(new SiteShape(Site.parse("L0.attn.H" + site), CODES, SLOTS, 64));
    }
    var info =
        new CorpusInfo(
            folder.getFileName().toString(),
            "synthetic",
            "",
            "0123456789abcdef",
            "none",
            sites,
            WORDS,
            TOKENS,
            "\n",
            SEGMENT_DOCUMENTS * TOKENS,
            List.of(new CorpusInfo.Source("synthetic", 1, "")));
    info.write(folder);
    var table = new Output(1 << 16);
    table.varint(WORDS);
    for (byte[] word : words) {
      table.varint(word.length);
      table.bytes(word, 0, word.length);
    }
    TokenTable.write(folder, table);
    int perDocument = TOKENS * SITES * SLOTS;
    for (int first = 0; first < DOCUMENTS; first += SEGMENT_DOCUMENTS) {
      var writer = new SegmentWriter(info, new Cursor(0, first), first);
      for (int document = first; document < first + SEGMENT_DOCUMENTS; document++) {
        char[] codes =
            Arrays.copyOfRange(ids, document * perDocument, (document + 1) * perDocument);
        writer.add(pieces.get(document), codes);
      }
      writer.write(folder.resolve("segment-%06d.bin".formatted(first / SEGMENT_DOCUMENTS)));
    }
    return info;
  }
}
