package dev.steerage.index.topics;

import dev.steerage.domain.codebook.Code;
import java.util.List;

/// Codes that fire all through the same documents.
///
/// @param codes the one of most documents first
/// @param documents through which at least half of the codes fire
/// @param phi mean agreement of the other codes' documents with those of the first one; 1 for one
///   code
/// @param words that set the documents apart, chosen on half of them
/// @param wordShare of the other half: documents that contain one of the first three words
/// @param wordRate the same of all documents of that half of the corpus
/// @param examples beginnings of documents
public record Topic(
    List<Code> codes,
    int documents,
    double phi,
    List<String> words,
    double wordShare,
    double wordRate,
    List<String> examples) {
  private static final int NAME_WORDS = 3;
  private static final int NAME_MOST = 64;

  public Topic {
    codes = List.copyOf(codes);
    words = List.copyOf(words);
    examples = List.copyOf(examples);
  }

  /// A name made of its words, as concepts may have it.
  public String name() {
    String name =
        "topic-"
            + String.join("-", words.stream().limit(NAME_WORDS).toList())
                .replaceAll("[^A-Za-z0-9._-]", "");
    return name.substring(0, Math.min(NAME_MOST, name.length()));
  }
}
