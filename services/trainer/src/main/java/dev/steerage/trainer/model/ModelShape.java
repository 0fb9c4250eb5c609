package dev.steerage.trainer.model;

import dev.steerage.ops.activation.Activation;
import dev.steerage.trainer.Settings;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// A base model as its `base_config.json` describes it, in the terms of the forward pass.
///
/// @param rotated rotary dimensions of each head; 0 where positions are learned
/// @param parallel attention and MLP read the same residual stream
/// @param windows positions that each layer sees
/// @param scales what each layer multiplies attention scores with
/// @param attentionBias whether the query, key and value projection has a bias
/// @param tiedHead whether the head is the token embedding
public record ModelShape(
    String architecture,
    int vocabulary,
    int width,
    int layers,
    int heads,
    int inner,
    int positions,
    int rotated,
    double theta,
    boolean parallel,
    float eps,
    Activation activation,
    boolean attentionBias,
    boolean tiedHead,
    List<Integer> windows,
    List<Float> scales) {
  public ModelShape {
    windows = List.copyOf(windows);
    scales = List.copyOf(scales);
  }

  public int headDim() {
    return width / heads;
  }

  /// Reads a base config, with the defaults of the published models.
  public static ModelShape of(Settings base) {
    return switch (base.text("model_type")) {
      case "gpt_neox" -> neox(base);
      case "gpt2" -> gpt2(base);
      case "gpt_neo" -> neo(base);
      default -> throw base.wrong("model_type", "gpt_neox, gpt2 or gpt_neo");
    };
  }

  private static ModelShape neox(Settings base) {
    int width = base.positive("hidden_size");
    int heads = heads(base, "num_attention_heads", width);
    int layers = base.positive("num_hidden_layers");
    int rotated = (int) (width / heads * base.number("rotary_pct", 0.25));
    if (rotated % 2 != 0) {
      throw base.wrong("rotary_pct", "an even number of rotated dimensions, found " + rotated);
    }
    float scale = (float) (1 / Math.sqrt(width / heads));
    return new ModelShape(
        "gpt_neox",
        base.positive("vocab_size"),
        width,
        layers,
        heads,
        base.positive("intermediate_size", 4 * width),
        base.positive("max_position_embeddings"),
        rotated,
        base.number("rotary_emb_base", base.number("rope_theta", 10000)),
        base.flag("use_parallel_residual", true),
        (float) base.number("layer_norm_eps", 1e-5),
        activation(base, "hidden_act", "gelu"),
        base.flag("attention_bias", true),
        base.flag("tie_word_embeddings", false),
        repeat(layers, Integer.MAX_VALUE),
        repeat(layers, scale));
  }

  private static ModelShape gpt2(Settings base) {
    int width = base.positive("n_embd");
    int heads = heads(base, "n_head", width);
    int layers = base.positive("n_layer");
    List<Float> scales = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      double scale = base.flag("scale_attn_weights", true) ? 1 / Math.sqrt(width / heads) : 1;
      boolean deeper = base.flag("scale_attn_by_inverse_layer_idx", false);
      scales.add((float) (deeper ? scale / (layer + 1) : scale));
    }
    return new ModelShape(
        "gpt2",
        base.positive("vocab_size"),
        width,
        layers,
        heads,
        base.positive("n_inner", 4 * width),
        base.positive("n_positions"),
        0,
        0,
        false,
        (float) base.number("layer_norm_epsilon", 1e-5),
        activation(base, "activation_function", "gelu_new"),
        true,
        true,
        repeat(layers, Integer.MAX_VALUE),
        scales);
  }

  private static ModelShape neo(Settings base) {
    int width = base.positive("hidden_size");
    int heads = heads(base, "num_heads", width);
    int layers = base.positive("num_layers");
    int window = base.positive("window_size", 256);
    List<Integer> windows = new ArrayList<>();
    if (base.has("attention_layers")) {
      for (JsonNode kind : base.list("attention_layers")) {
        windows.add(kind.asString("").equals("local") ? window : Integer.MAX_VALUE);
      }
    } else {
      for (JsonNode entry : base.list("attention_types")) {
        for (int i = 0; i < entry.path(1).asInt(0); i++) {
          for (JsonNode kind : entry.path(0)) {
            windows.add(kind.asString("").equals("local") ? window : Integer.MAX_VALUE);
          }
        }
      }
    }
    if (windows.size() != layers) {
      throw base.wrong("attention_layers", "global or local for each of " + layers + " layers");
    }
    return new ModelShape(
        "gpt_neo",
        base.positive("vocab_size"),
        width,
        layers,
        heads,
        base.positive("intermediate_size", 4 * width),
        base.positive("max_position_embeddings"),
        0,
        0,
        false,
        (float) base.number("layer_norm_epsilon", 1e-5),
        activation(base, "activation_function", "gelu_new"),
        false,
        true,
        windows,
        repeat(layers, 1f));
  }

  private static int heads(Settings base, String key, int width) {
    int heads = base.positive(key);
    if (width % heads != 0) {
      throw base.wrong(key, "a divisor of width " + width);
    }
    return heads;
  }

  private static Activation activation(Settings base, String key, String otherwise) {
    return switch (base.text(key, otherwise)) {
      case "gelu" -> Activation.GELU_ERF;
      case "gelu_new", "gelu_fast", "gelu_pytorch_tanh" -> Activation.GELU_TANH;
      default -> throw base.wrong(key, "gelu or gelu_new");
    };
  }

  private static <T> List<T> repeat(int count, T value) {
    List<T> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      values.add(value);
    }
    return values;
  }
}
