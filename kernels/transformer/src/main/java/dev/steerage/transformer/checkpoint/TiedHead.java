package dev.steerage.transformer.checkpoint;

import dev.steerage.ops.linear.PackedLinear;
import dev.steerage.transformer.ModelConfig;
import java.lang.foreign.MemorySegment;

/// The head of GPT-2 and GPT-Neo: the token embedding again, which a file may or may not repeat.
final class TiedHead {
  private TiedHead() {}

  static PackedLinear of(WeightReader reader, ModelConfig config, MemorySegment tokens) {
    MemorySegment weight =
        reader.has("lm_head.weight")
            ? reader.tensor("lm_head.weight", config.vocabulary(), config.width())
            : tokens;
    return reader.pack(weight, null, config.vocabulary(), config.width());
  }
}
