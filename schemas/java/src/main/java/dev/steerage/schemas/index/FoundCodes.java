package dev.steerage.schemas.index;

import dev.steerage.domain.codebook.Code;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The answer to a [CodeSearch].
///
/// @param documents documents searched
/// @param positions their tokens
/// @param complete the whole corpus was searched; otherwise a budget ended the search before
/// @param heldOut codes were chosen on one half of the documents and scored on the other
/// @param elapsed time in the index
/// @param codes best first
/// @param examples matches, spread over the corpus
/// @param sample on which neurons were compared
public record FoundCodes(
    String model,
    String corpus,
    long documents,
    long positions,
    boolean complete,
    boolean heldOut,
    Duration elapsed,
    List<Found> codes,
    List<Example> examples,
    long chosenMatches,
    long scoredMatches,
    Sample sample) {
  public FoundCodes {
    codes = List.copyOf(codes);
    examples = List.copyOf(examples);
  }

  /// One code.
  ///
  /// @param chosen its score where it was chosen; too good to be true, because it was chosen there
  /// @param scored its score where it was not chosen; the same as `chosen` without a held-out half
  /// @param neuron best neuron at the same recall, where neurons were measured
  /// @param label empty: none
  public record Found(
      Code code, CodeScore chosen, CodeScore scored, Optional<Neuron> neuron, String label) {}

  /// The neuron that says it best: the most precise of all at the recall that the code has, where
  /// codes are chosen; its threshold is fixed there.
  ///
  /// @param name e.g. `L3.mlp_mid[17]`
  /// @param scored its score on the other half of the sample
  public record Neuron(String name, CodeScore scored) {
    public double precision() {
      return scored.precision();
    }
  }

  /// The part of the corpus on which the activity of neurons was recorded.
  ///
  /// @param documents 0: nothing was recorded
  /// @param chosenMatches its matches where neurons were chosen
  /// @param scoredMatches its matches where they were scored
  public record Sample(long documents, long positions, long chosenMatches, long scoredMatches) {
    /// Of a corpus without neurons.
    public static final Sample NONE = new Sample(0, 0, 0, 0);
  }

  /// A match with its text.
  ///
  /// @param document number of the document in the corpus
  /// @param position of the marked token in the document
  public record Example(long document, int position, String before, String token, String after) {}
}
