package dev.steerage.trainer.run;

import dev.steerage.trainer.data.TokenSource;
import java.nio.file.Path;
import java.util.List;

/// Data of a run and the files that a model trained on it needs.
///
/// @param companions tokenizer or vocabulary, and the automaton if there is one
public record Source(TokenSource tokens, List<Path> companions) {
  public Source {
    companions = List.copyOf(companions);
  }
}
