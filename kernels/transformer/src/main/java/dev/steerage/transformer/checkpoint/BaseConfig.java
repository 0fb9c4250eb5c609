package dev.steerage.transformer.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The base model's config: `base_config.json`, completed by what the tensors say. Without that
/// file a dense model's `config.json` is one; else the tensors have to say everything.
///
/// @param json completed
/// @param given as it was found
/// @param notes what nobody said and the architecture's usual value was taken for, as sentences
record BaseConfig(JsonFile json, JsonFile given, List<String> notes) {
  static final String FILE = "base_config.json";

  /// A field that follows from a tensor's shape.
  ///
  /// @param tensor plain name
  /// @param dimension counted from the end if negative
  private record Size(String field, String tensor, int dimension) {}

  private static final List<Size> GPT2 =
      List.of(
          new Size("vocab_size", "transformer.wte.weight", 0),
          new Size("n_embd", "transformer.wte.weight", 1),
          new Size("n_positions", "transformer.wpe.weight", 0),
          new Size("n_inner", "transformer.h.0.mlp.c_fc.weight", 1));
  private static final List<Size> GPT_NEO =
      List.of(
          new Size("vocab_size", "transformer.wte.weight", 0),
          new Size("hidden_size", "transformer.wte.weight", 1),
          new Size("max_position_embeddings", "transformer.wpe.weight", 0),
          new Size("intermediate_size", "transformer.h.0.mlp.c_fc.weight", 0));
  private static final List<Size> GPT_NEOX =
      List.of(
          new Size("vocab_size", "gpt_neox.embed_in.weight", 0),
          new Size("hidden_size", "gpt_neox.embed_in.weight", 1),
          // The causal mask that releases before transformers 4.36 store.
          new Size("max_position_embeddings", "gpt_neox.layers.0.attention.bias", -1),
          new Size("intermediate_size", "gpt_neox.layers.0.mlp.dense_h_to_4h.weight", 0));

  static BaseConfig of(ModelFolder folder, JsonFile codebooks, TensorNames names) {
    if (!CodebookConfig.isIn(codebooks)) {
      return new BaseConfig(sized(codebooks, names), codebooks, List.of());
    }
    Path file = folder.file(FILE);
    if (folder.has(FILE)) {
      JsonFile given = JsonFile.read(file);
      return new BaseConfig(sized(given, names), given, List.of());
    }
    return inferred(JsonFile.empty(file), codebooks, names);
  }

  /// Adds the sizes that are missing and follow from shapes.
  private static JsonFile sized(JsonFile given, TensorNames names) {
    JsonFile json = given;
    if (!json.has("model_type")) {
      json = json.with("model_type", family(given, names));
    }
    String trunk = "transformer.h.";
    String layers = "n_layer";
    List<Size> sizes = GPT2;
    switch (json.string("model_type")) {
      case "gpt_neo" -> {
        sizes = GPT_NEO;
        layers = "num_layers";
      }
      case "gpt_neox" -> {
        sizes = GPT_NEOX;
        layers = "num_hidden_layers";
        trunk = "gpt_neox.layers.";
      }
      default -> {}
    }
    for (Size size : sizes) {
      if (!json.has(size.field()) && names.has(size.tensor())) {
        long[] shape = names.tensor(size.tensor()).shape();
        int at = size.dimension() < 0 ? shape.length + size.dimension() : size.dimension();
        if (at >= 0 && at < shape.length) {
          json = json.with(size.field(), shape[at]);
        }
      }
    }
    int count = names.count(trunk);
    return json.has(layers) || count == 0 ? json : json.with(layers, count);
  }

  private static String family(JsonFile given, TensorNames names) {
    if (names.hasAny("gpt_neox.")) {
      return "gpt_neox";
    }
    if (names.hasAny("transformer.h.0.attn.attention.")) {
      return "gpt_neo";
    }
    if (names.hasAny("transformer.h.0.attn.c_attn.")) {
      return "gpt2";
    }
    throw given.wrong("model_type", "gpt_neox, gpt2 or gpt_neo");
  }

  /// Everything from the tensors. Heads show only where a group has one codebook per head, rotated
  /// dimensions only where their frequencies are stored; what stays open is refused.
  private static BaseConfig inferred(JsonFile none, JsonFile codebooks, TensorNames names) {
    JsonFile json = sized(none, names);
    String family = json.string("model_type");
    List<String> notes = new ArrayList<>();
    String heads =
        switch (family) {
          case "gpt2" -> "n_head";
          case "gpt_neo" -> "num_heads";
          default -> "num_attention_heads";
        };
    int count = heads(codebooks, family, names);
    if (count == 0) {
      throw open(json, heads, "the number of heads");
    }
    json = json.with(heads, count);
    switch (family) {
      case "gpt2" -> notes.add("no base config; assumed: activation gelu_new, scaled attention");
      case "gpt_neo" -> {
        if (json.positive("num_layers") > 1) {
          throw open(json, "attention_layers", "which layers see a window only");
        }
        json = json.with("attention_layers", "global");
        notes.add("no base config; assumed: activation gelu_new, global attention");
      }
      default -> {
        String frequencies = "gpt_neox.layers.0.attention.rotary_emb.inv_freq";
        if (!names.has(frequencies)) {
          throw open(json, "rotary_pct", "how many dimensions of a head are rotated");
        }
        long rotated = 2 * names.tensor(frequencies).elements();
        json = json.with("rotary_ndims", rotated);
        if (!json.has("max_position_embeddings")) {
          throw open(json, "max_position_embeddings", "the longest context");
        }
        notes.add("no base config; assumed: activation gelu, parallel residual, rotary base 10000");
      }
    }
    return new BaseConfig(json, none, notes);
  }

  private static int heads(JsonFile codebooks, String family, TensorNames names) {
    String attention =
        switch (family) {
          case "gpt2" -> "transformer.h.%d.attn";
          case "gpt_neo" -> "transformer.h.%d.attn.attention";
          default -> "gpt_neox.layers.%d.attention";
        };
    if (!CodebookConfig.hasOnePerHead(codebooks)) {
      return 0;
    }
    for (int layer = 0; layer < 1_000; layer++) {
      String module = attention.formatted(layer);
      for (String inner : List.of("", TensorNames.INNER)) {
        int count = names.count(module + inner + ".codebook_layer.codebook.");
        if (count > 0) {
          return count;
        }
      }
    }
    return 0;
  }

  private static CheckpointException open(JsonFile json, String field, String what) {
    return new CheckpointException(
        json.file(),
        field,
        "the base model's config, because the tensors leave open "
            + what
            + "; they say "
            + json.root(),
        "no such file");
  }
}
