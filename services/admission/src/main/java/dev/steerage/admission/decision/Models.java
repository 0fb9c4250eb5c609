package dev.steerage.admission.decision;

import dev.steerage.schemas.message.ModelCard;
import java.util.Optional;

/// The models that can be asked for.
public interface Models {
  /// A model by name.
  Optional<ModelCard> find(String model);
}
