package dev.steerage.transformer.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/// One token per character, as TokFSM: digits and a begin-of-text token. Longer names in the
/// vocabulary are special tokens.
final class CharacterTokenizer implements Tokenizer {
  private final Map<Integer, Integer> idOf;
  private final byte[][] bytes;
  private final boolean[] special;
  private final OptionalInt bos;

  CharacterTokenizer(
      Map<Integer, Integer> idOf, byte[][] bytes, boolean[] special, OptionalInt bos) {
    this.idOf = Map.copyOf(idOf);
    this.bytes = bytes;
    this.special = special;
    this.bos = bos;
  }

  static CharacterTokenizer of(Map<String, Integer> vocabulary, OptionalInt bos) {
    int size = vocabulary.values().stream().mapToInt(id -> id + 1).max().orElse(0);
    byte[][] bytes = new byte[size][];
    Arrays.fill(bytes, new byte[0]);
    boolean[] special = new boolean[size];
    Map<Integer, Integer> idOf = new HashMap<>();
    vocabulary.forEach(
        (name, id) -> {
          bytes[id] = name.getBytes(StandardCharsets.UTF_8);
          special[id] = name.codePointCount(0, name.length()) != 1;
          if (!special[id]) {
            idOf.put(name.codePointAt(0), id);
          }
        });
    return new CharacterTokenizer(idOf, bytes, special, bos);
  }

  @Override
  public int[] encode(String text) {
    return text.codePoints().map(this::idOf).toArray();
  }

  @Override
  public byte[] bytes(int id) {
    return id >= 0 && id < bytes.length ? bytes[id] : new byte[0];
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

  private int idOf(int character) {
    Integer id = idOf.get(character);
    if (id == null) {
      throw new IllegalArgumentException(
          "text: character U+%04X is not in the vocabulary".formatted(character));
    }
    return id;
  }
}
