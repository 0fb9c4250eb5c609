package dev.steerage.transformer.tokenizer;

import dev.steerage.transformer.tokenizer.AddedTokens.Piece;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Byte-level byte-pair encoding, as GPT-2, GPT-NeoX and the story model use it: added tokens are
/// cut out, the rest is cut into words, and the bytes of each word are merged.
final class ByteLevelTokenizer implements Tokenizer {
  /// The word pattern of GPT-2: contractions, then words, numbers and signs with a space before
  /// them, then runs of space, the last space of a run left to the next word.
  static final Pattern WORDS =
      Pattern.compile(
          "'(?:s|t|re|ve|m|ll|d)" + "| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          Pattern.UNICODE_CHARACTER_CLASS);

  private final AddedTokens beforeNormalizing;
  private final AddedTokens afterNormalizing;
  private final boolean composed;
  private final int[] tokenOfByte;
  private final BytePairMerger merger;
  private final byte[][] bytes;
  private final boolean[] special;
  private final OptionalInt bos;

  /// @param composed text is brought to Unicode form C first
  /// @param tokenOfByte first token of each byte, -1 where the vocabulary lacks it
  ByteLevelTokenizer(
      AddedTokens beforeNormalizing,
      AddedTokens afterNormalizing,
      boolean composed,
      int[] tokenOfByte,
      BytePairMerger merger,
      byte[][] bytes,
      boolean[] special,
      OptionalInt bos) {
    this.beforeNormalizing = beforeNormalizing;
    this.afterNormalizing = afterNormalizing;
    this.composed = composed;
    this.tokenOfByte = tokenOfByte;
    this.merger = merger;
    this.bytes = bytes;
    this.special = special;
    this.bos = bos;
  }

  @Override
  public int[] encode(String text) {
    Ids ids = new Ids();
    for (Piece piece : beforeNormalizing.split(text)) {
      if (piece.token() >= 0) {
        ids.add(piece.token());
        continue;
      }
      String normal =
          composed ? Normalizer.normalize(piece.text(), Normalizer.Form.NFC) : piece.text();
      for (Piece part : afterNormalizing.split(normal)) {
        if (part.token() >= 0) {
          ids.add(part.token());
        } else {
          encodeWords(part.text(), ids);
        }
      }
    }
    return ids.toArray();
  }

  @Override
  public byte[] bytes(int id) {
    return id >= 0 && id < bytes.length ? bytes[id] : Ids.NO_BYTES;
  }

  @Override
  public boolean isSpecial(int id) {
    return id >= 0 && id < special.length && special[id];
  }

  @Override
  public int vocabularySize() {
    return bytes.length;
  }

  @Override
  public OptionalInt bos() {
    return bos;
  }

  private void encodeWords(String text, Ids ids) {
    Matcher words = WORDS.matcher(text);
    while (words.find()) {
      byte[] word = words.group().getBytes(StandardCharsets.UTF_8);
      int[] tokens = new int[word.length];
      for (int i = 0; i < word.length; i++) {
        tokens[i] = tokenOfByte[word[i] & 0xFF];
        if (tokens[i] < 0) {
          throw new IllegalArgumentException(
              "text: byte 0x%02x is not in the vocabulary".formatted(word[i] & 0xFF));
        }
      }
      int count = merger.merge(tokens, tokens.length);
      for (int i = 0; i < count; i++) {
        ids.add(tokens[i]);
      }
    }
  }

  /// A growing list of ids.
  private static final class Ids {
    static final byte[] NO_BYTES = new byte[0];

    private int[] values = new int[64];
    private int size;

    void add(int id) {
      if (size == values.length) {
        values = Arrays.copyOf(values, 2 * size);
      }
      values[size++] = id;
    }

    int[] toArray() {
      return Arrays.copyOf(values, size);
    }
  }
}
