package dev.steerage.experiments.text;

import dev.steerage.experiments.ExperimentException;
import dev.steerage.trainer.data.Documents;
import dev.steerage.transformer.evaluation.LabelledText;
import dev.steerage.transformer.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A text in which the last token of every match of a pattern has the pattern's number; where two
/// patterns end in one token, the first of them has it.
final class PatternText {
  private PatternText() {}

  /// @param window most tokens of a sequence
  /// @param most tokens that are read in all
  static LabelledText of(
      Tokenizer tokenizer, Path file, int window, int most, List<Pattern> patterns) {
    List<int[]> sequences = new ArrayList<>();
    List<int[]> labels = new ArrayList<>();
    int[] tokens = new int[window];
    int[] ends = new int[window];
    int filled = 0;
    int read = 0;
    for (String document : Documents.read(List.of(file))) {
      int[] ids = tokenizer.encodePrompt(document);
      int[] found = labels(tokenizer, ids, document, patterns);
      for (int i = 0; i < ids.length && read < most; i++, read++) {
        tokens[filled] = ids[i];
        ends[filled++] = found[i];
        if (filled == window) {
          sequences.add(tokens.clone());
          labels.add(ends.clone());
          filled = 0;
        }
      }
    }
    if (filled > 0) {
      sequences.add(Arrays.copyOf(tokens, filled));
      labels.add(Arrays.copyOf(ends, filled));
    }
    return new LabelledText(sequences, labels, patterns.size());
  }

  private static int[] labels(
      Tokenizer tokenizer, int[] ids, String document, List<Pattern> patterns) {
    int[] byteAt = byteOffsets(document);
    int[] tokenAt = new int[byteAt[document.length()]];
    int next = 0;
    for (int i = 0; i < ids.length; i++) {
      int length = tokenizer.isSpecial(ids[i]) ? 0 : tokenizer.bytes(ids[i]).length;
      if (next + length > tokenAt.length) {
        throw new ExperimentException("tokenizer: tokens are longer than the text they stand for");
      }
      Arrays.fill(tokenAt, next, next + length, i);
      next += length;
    }
    int[] labels = new int[ids.length];
    Arrays.fill(labels, -1);
    for (int pattern = 0; pattern < patterns.size(); pattern++) {
      Matcher matcher = patterns.get(pattern).matcher(document);
      while (matcher.find()) {
        int token = tokenAt[byteAt[matcher.end()] - 1];
        labels[token] = labels[token] < 0 ? pattern : labels[token];
      }
    }
    return labels;
  }

  /// Where every character of a text begins in its UTF-8 form, and where the last one ends.
  private static int[] byteOffsets(String text) {
    int[] offsets = new int[text.length() + 1];
    int at = 0;
    for (int i = 0; i < text.length(); i++) {
      offsets[i] = at;
      char character = text.charAt(i);
      if (Character.isSurrogate(character)) {
        // Half of a character of four bytes: both halves follow one another.
        at += 2;
      } else {
        at += character < 0x80 ? 1 : character < 0x800 ? 2 : 3;
      }
    }
    offsets[text.length()] = at;
    return offsets;
  }

  /// How often each pattern ends.
  static int[] counts(LabelledText text) {
    int[] counts = new int[text.kinds()];
    for (int[] labels : text.labels()) {
      for (int label : labels) {
        if (label >= 0) {
          counts[label]++;
        }
      }
    }
    return counts;
  }
}
