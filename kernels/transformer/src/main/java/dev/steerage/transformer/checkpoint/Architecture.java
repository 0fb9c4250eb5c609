package dev.steerage.transformer.checkpoint;

import dev.steerage.domain.codebook.Component;
import dev.steerage.ops.activation.Activation;
import dev.steerage.transformer.ModelConfig;
import dev.steerage.transformer.forward.Weights;
import java.util.EnumSet;
import java.util.Set;

/// What one family of base models calls its config fields and tensors. Adding a family is adding a
/// class here and naming it in [#of].
sealed interface Architecture permits GptNeox, Gpt2, GptNeo {
  static Architecture of(JsonFile base) {
    return switch (base.string("model_type")) {
      case "gpt_neox" -> new GptNeox();
      case "gpt2" -> new Gpt2();
      case "gpt_neo" -> new GptNeo();
      default -> throw base.wrong("model_type", "gpt_neox, gpt2 or gpt_neo");
    };
  }

  ModelConfig config(JsonFile base);

  /// Where this family can carry a codebook.
  default Set<Component> components() {
    return EnumSet.allOf(Component.class);
  }

  /// Positions of this model that the authors' own code cannot run: ours follow the same equations,
  /// and there is nothing to compare them with.
  default Set<Component> withoutReference(JsonFile base) {
    return Set.of();
  }

  Weights weights(JsonFile base, ModelConfig config, WeightReader reader);

  static Activation activation(JsonFile base, String field, String otherwise) {
    return switch (base.string(field, otherwise)) {
      case "gelu" -> Activation.GELU_ERF;
      case "gelu_new", "gelu_fast", "gelu_pytorch_tanh" -> Activation.GELU_TANH;
      default -> throw base.wrong(field, "gelu or gelu_new");
    };
  }

  static int headDim(JsonFile base, String headsField, int width, int heads) {
    if (width % heads != 0) {
      throw base.wrong(headsField, "a divisor of width " + width);
    }
    return width / heads;
  }
}
