package dev.steerage.experiments.text;

import dev.steerage.trainer.data.Documents;
import dev.steerage.transformer.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A text as a model reads it: documents one after the other, each behind begin-of-text, cut into
/// windows.
///
/// @param windows at least two tokens each
/// @param bytes of text that the predicted tokens stand for
record TextWindows(List<int[]> windows, long bytes) {

  /// @param most tokens that are read of the text
  static TextWindows of(Tokenizer tokenizer, Path file, int window, long most) {
    List<int[]> windows = new ArrayList<>();
    int[] open = new int[window];
    int filled = 0;
    long bytes = 0;
    long tokens = 0;
    for (String document : Documents.read(List.of(file))) {
      for (int token : tokenizer.encodePrompt(document)) {
        if (tokens == most) {
          break;
        }
        // The first token of a window is not predicted.
        if (filled > 0 && !tokenizer.isSpecial(token)) {
          bytes += tokenizer.bytes(token).length;
        }
        open[filled++] = token;
        tokens++;
        if (filled == window) {
          windows.add(open.clone());
          filled = 0;
        }
      }
    }
    if (filled > 1) {
      windows.add(Arrays.copyOf(open, filled));
    }
    return new TextWindows(windows, bytes);
  }
}
