package dev.steerage.trainer.data;

import dev.steerage.trainer.TrainerException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// The documents of text files: what lies between separators.
public final class Documents {
  /// What ends a document.
  public static final String SEPARATOR = "<|endoftext|>";

  /// A file is read whole.
  private static final long MAX_BYTES = 1L << 30;

  private Documents() {}

  /// @throws TrainerException for a file that is missing, too long, empty or no text
  public static List<String> read(List<Path> files) {
    List<String> documents = new ArrayList<>();
    for (Path file : files) {
      String text = text(file);
      int before = documents.size();
      for (String document : text.split(Pattern.quote(SEPARATOR))) {
        String stripped = document.strip();
        if (!stripped.isEmpty()) {
          documents.add(stripped);
        }
      }
      if (documents.size() == before) {
        throw new TrainerException("data: file=" + file + " has no text");
      }
    }
    return documents;
  }

  private static String text(Path file) {
    try {
      long size = Files.size(file);
      if (size > MAX_BYTES) {
        throw new TrainerException(
            "data: file=" + file + ", bytes=" + size + ", limit=" + MAX_BYTES);
      }
      return text("file=" + file, Files.readAllBytes(file));
    } catch (IOException e) {
      throw new TrainerException("data: file=" + file + " cannot be read: " + e, e);
    }
  }

  /// Decodes text.
  ///
  /// @param where it comes from, for the error
  /// @throws TrainerException for what is no UTF-8 text
  public static String text(String where, byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        throw new TrainerException("data: " + where + " is no text: byte 0 at " + i);
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes))
          .toString();
    } catch (CharacterCodingException e) {
      throw new TrainerException("data: " + where + " is no UTF-8 text", e);
    }
  }
}
