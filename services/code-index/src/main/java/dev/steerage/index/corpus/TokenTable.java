package dev.steerage.index.corpus;

import dev.steerage.index.codec.Input;
import dev.steerage.index.codec.Output;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// The bytes of every token of a corpus' model.
public final class TokenTable {
  private static final String FILE = "tokens.bin";
  private static final int SECTION = 100;

  private final byte[][] tokens;

  private TokenTable(byte[][] tokens) {
    this.tokens = tokens;
  }

  /// Writes the table: the number of tokens, then the length and bytes of each.
  public static void write(Path folder, Output table) {
    try (var to = new Sections.Writer(folder.resolve(FILE))) {
      to.section(SECTION, 0, table);
      to.finish();
    } catch (IOException e) {
      throw new CorpusException("folder=" + folder + " cannot be written: " + e, e);
    }
  }

  /// Reads the table of a corpus.
  ///
  /// @throws CorpusException if there is none
  static TokenTable read(Path folder) {
    MemorySegment from;
    try {
      from = Sections.open(folder.resolve(FILE)).section(SECTION, 0);
    } catch (IOException e) {
      throw new CorpusException("file=" + folder.resolve(FILE) + " cannot be read: " + e, e);
    }
    var in = new Input(from, 0);
    byte[][] tokens = new byte[in.varint()][];
    long at = in.position();
    for (int i = 0; i < tokens.length; i++) {
      var length = new Input(from, at);
      tokens[i] = new byte[length.varint()];
      at = length.position();
      MemorySegment.copy(from, ValueLayout.JAVA_BYTE, at, tokens[i], 0, tokens[i].length);
      at += tokens[i].length;
    }
    return new TokenTable(tokens);
  }

  public int size() {
    return tokens.length;
  }

  /// The text of a token; bytes that are no UTF-8 become U+FFFD.
  public String text(int token) {
    return token < tokens.length
        ? new String(tokens[token], StandardCharsets.UTF_8)
        : "<" + token + ">";
  }
}
