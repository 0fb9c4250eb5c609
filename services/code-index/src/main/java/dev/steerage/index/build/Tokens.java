package dev.steerage.index.build;

import dev.steerage.index.codec.Output;
import dev.steerage.index.corpus.TokenTable;
import dev.steerage.transformer.tokenizer.Tokenizer;
import java.nio.file.Path;

/// The bytes of every token, kept beside a corpus, so that whoever serves it needs no tokenizer.
final class Tokens {
  private Tokens() {}

  static void write(Tokenizer tokenizer, Path folder) {
    var table = new Output(1 << 14);
    table.varint(tokenizer.vocabularySize());
    for (int id = 0; id < tokenizer.vocabularySize(); id++) {
      byte[] bytes = tokenizer.bytes(id);
      table.varint(bytes.length);
      table.bytes(bytes, 0, bytes.length);
    }
    TokenTable.write(folder, table);
  }
}
