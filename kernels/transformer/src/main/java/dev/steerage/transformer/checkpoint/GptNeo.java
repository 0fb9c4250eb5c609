package dev.steerage.transformer.checkpoint;

import dev.steerage.domain.codebook.Component;
import dev.steerage.transformer.ModelConfig;
import dev.steerage.transformer.forward.Block;
import dev.steerage.transformer.forward.QkvLayout;
import dev.steerage.transformer.forward.Weights;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// GPT-Neo, as TinyStories: learned positions, unscaled attention, some layers see a window only,
/// tied head. Codebooks at `qkv`, `attn` and `attn_plus_mlp` do not exist for it.
record GptNeo() implements Architecture {
  private static final String TRUNK = "transformer.";

  @Override
  public ModelConfig config(JsonFile base) {
    int vocabulary = base.positive("vocab_size");
    int width = base.positive("hidden_size");
    int heads = base.positive("num_heads");
    return new ModelConfig(
        "gpt_neo",
        vocabulary,
        base.positive("num_layers"),
        heads,
        Architecture.headDim(base, "num_heads", width, heads),
        width,
        base.positive("intermediate_size", 4 * width),
        base.positive("max_position_embeddings"),
        base.tokenId("bos_token_id", vocabulary),
        base.tokenId("eos_token_id", vocabulary));
  }

  @Override
  public Set<Component> components() {
    return EnumSet.of(Component.ATTN, Component.MLP_MID, Component.MLP, Component.BLOCK);
  }

  @Override
  public Set<Component> withoutReference(JsonFile base) {
    return base.has("intermediate_size") ? Set.of() : EnumSet.of(Component.MLP_MID);
  }

  @Override
  public Weights weights(JsonFile base, ModelConfig config, WeightReader reader) {
    float eps = (float) base.number("layer_norm_epsilon", 1e-5);
    int width = config.width();
    int window = base.positive("window_size", 256);
    List<String> kinds = kinds(base, config.layers());
    MemorySegment tokens = reader.tensor(TRUNK + "wte.weight", config.vocabulary(), width);
    List<Block> blocks = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      int visible = kinds.get(layer).equals("local") ? window : Integer.MAX_VALUE;
      blocks.add(block(config, reader, layer, eps, visible));
    }
    return new Weights(
        config,
        reader.backend(),
        reader.sites(),
        tokens,
        reader.tensor(TRUNK + "wpe.weight", config.maxPositions(), width),
        null,
        Architecture.activation(base, "activation_function", "gelu_new"),
        false,
        QkvLayout.separate(config.headDim(), width),
        blocks,
        reader.norm(TRUNK + "ln_f", width, eps),
        TiedHead.of(reader, config, tokens));
  }

  private static Block block(
      ModelConfig config, WeightReader reader, int layer, float eps, int window) {
    String at = TRUNK + "h." + layer;
    String attention = at + ".attn.attention";
    String mlp = at + ".mlp";
    int width = config.width();
    int inner = config.inner();
    // Groups are read in the order of Component: that is the order of the site indices.
    var attn = reader.codebooks(layer, Component.ATTN, attention, width);
    var mlpMid = reader.codebooks(layer, Component.MLP_MID, mlp + ".act", inner);
    var mlpOut = reader.codebooks(layer, Component.MLP, mlp, width);
    var whole = reader.codebooks(layer, Component.BLOCK, at, width);
    List<String> projections =
        List.of(attention + ".q_proj", attention + ".k_proj", attention + ".v_proj");
    return new Block(
        reader.norm(at + ".ln_1", width, eps),
        reader.stacked(projections, width, width),
        reader.linear(attention + ".out_proj", width, width, true),
        reader.norm(at + ".ln_2", width, eps),
        reader.linear(mlp + ".c_fc", inner, width, true),
        reader.linear(mlp + ".c_proj", width, inner, true),
        1f,
        window,
        null,
        attn,
        null,
        mlpMid,
        mlpOut,
        null,
        whole);
  }

  /// "global" or "local" per layer: listed, or as `[[["global", "local"], 12]]`.
  private static List<String> kinds(JsonFile base, int layers) {
    List<String> kinds = new ArrayList<>();
    if (base.has("attention_layers")) {
      base.list("attention_layers").forEach(kind -> kinds.add(kind.asString("")));
    } else {
      for (JsonNode entry : base.list("attention_types")) {
        for (int i = 0; i < entry.path(1).asInt(0); i++) {
          entry.path(0).forEach(kind -> kinds.add(kind.asString("")));
        }
      }
    }
    if (kinds.size() != layers || !List.of("global", "local").containsAll(kinds)) {
      throw base.wrong("attention_layers", "global or local for each of " + layers + " layers");
    }
    return kinds;
  }
}
