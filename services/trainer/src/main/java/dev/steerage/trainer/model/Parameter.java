package dev.steerage.trainer.model;

/// One tensor of a model.
///
/// @param name as the authors' checkpoints have it, without the leading `model.`
/// @param offset of its first element among all parameters
/// @param role what kind of tensor it is
/// @param trainedByAuthors whether the authors' optimizer updates it once codebooks are inserted
public record Parameter(
    String name, int[] shape, long offset, Role role, boolean trainedByAuthors) {
  /// What kind of tensor it is: that decides how it begins and which learning rate it gets.
  public enum Role {
    /// A weight of a map.
    WEIGHT,
    /// Token or position embeddings.
    EMBEDDING,
    /// Where a map or a normalisation starts.
    BIAS,
    /// The factor of a normalisation of the base model.
    GAIN,
    /// Code vectors.
    CODES,
    /// A basis that codes are made of; never trained.
    BASIS,
    /// The map that makes codes of a basis.
    PROJECTOR,
    /// The factor of a codebook's normalisation.
    CODE_GAIN,
    /// The shift of a codebook's normalisation.
    CODE_BIAS;

    /// Whether the tensor belongs to a codebook.
    public boolean isCodebook() {
      return switch (this) {
        case CODES, BASIS, PROJECTOR, CODE_GAIN, CODE_BIAS -> true;
        case WEIGHT, EMBEDDING, BIAS, GAIN -> false;
      };
    }

    /// Whether a model folder has the tensor; the others are the trainer's own.
    public boolean isExported() {
      return this != BASIS && this != PROJECTOR;
    }
  }

  public long count() {
    long count = 1;
    for (int extent : shape) {
      count *= extent;
    }
    return count;
  }
}
