package dev.steerage.transformer.tokenizer;

import dev.steerage.transformer.tokenizer.AddedTokens.Added;
import dev.steerage.transformer.tokenizer.BytePairMerger.Merge;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// Collects a vocabulary, its merges and its added tokens.
public final class TokenizerBuilder {
  /// No vocabulary in use comes near; keeps a wrong file from filling memory.
  public static final int MAX_ID = 2_000_000;

  private final Map<String, Integer> vocabulary;
  private final Map<Long, Merge> merges = new HashMap<>();
  private final List<Added> beforeNormalizing = new ArrayList<>();
  private final List<Added> afterNormalizing = new ArrayList<>();

  public TokenizerBuilder(Map<String, Integer> vocabulary) {
    this.vocabulary = Map.copyOf(vocabulary);
  }

  /// One token per character; longer names are special tokens.
  public static Tokenizer characters(Map<String, Integer> vocabulary, OptionalInt bos) {
    return CharacterTokenizer.of(vocabulary, bos);
  }

  /// No vocabulary at all: texts cannot be encoded, and a token is shown as its id.
  public static Tokenizer none(int vocabulary, OptionalInt bos) {
    return new IdTokenizer(vocabulary, bos);
  }

  /// Adds the next merge; the earlier it was learned, the earlier it is applied.
  ///
  /// @return false when the pair or what it becomes is not in the vocabulary
  public boolean merge(String left, String right) {
    Integer a = vocabulary.get(left);
    Integer b = vocabulary.get(right);
    Integer merged = vocabulary.get(left + right);
    if (a == null || b == null || merged == null) {
      return false;
    }
    merges.putIfAbsent(BytePairMerger.pair(a, b), new Merge(merges.size(), merged));
    return true;
  }

  /// @param normalized the token is looked for in the normalized text, after the others
  public void added(
      int id,
      String content,
      boolean special,
      boolean normalized,
      boolean swallowLeft,
      boolean swallowRight) {
    if (id < 0 || id > MAX_ID || content.isEmpty()) {
      throw new IllegalArgumentException("added token: id=" + id + ", limit=" + MAX_ID);
    }
    Added token = new Added(id, content, special, swallowLeft, swallowRight);
    (normalized ? afterNormalizing : beforeNormalizing).add(token);
  }

  /// @param composed text is brought to Unicode form C first
  public Tokenizer byteLevel(boolean composed, OptionalInt bos) {
    List<Added> added = new ArrayList<>(beforeNormalizing);
    added.addAll(afterNormalizing);
    int size = vocabulary.values().stream().mapToInt(id -> id + 1).max().orElse(0);
    for (Added token : added) {
      size = Math.max(size, token.id() + 1);
    }
    ByteAlphabet alphabet = new ByteAlphabet();
    byte[][] bytes = new byte[size][];
    Arrays.fill(bytes, new byte[0]);
    vocabulary.forEach((token, id) -> bytes[id] = alphabet.bytes(token));
    boolean[] special = new boolean[size];
    for (Added token : added) {
      bytes[token.id()] = token.content().getBytes(StandardCharsets.UTF_8);
      special[token.id()] = token.special();
    }
    int[] tokenOfByte = new int[256];
    for (int b = 0; b < 256; b++) {
      tokenOfByte[b] = vocabulary.getOrDefault(alphabet.charFor(b), -1);
    }
    return new ByteLevelTokenizer(
        new AddedTokens(beforeNormalizing),
        new AddedTokens(afterNormalizing),
        composed,
        tokenOfByte,
        new BytePairMerger(new HashMap<>(merges)),
        bytes,
        special,
        bos);
  }
}
