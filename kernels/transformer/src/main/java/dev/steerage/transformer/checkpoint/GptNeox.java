package dev.steerage.transformer.checkpoint;

import dev.steerage.domain.codebook.Component;
import dev.steerage.ops.linear.PackedLinear;
import dev.steerage.ops.rotary.RotaryTable;
import dev.steerage.transformer.ModelConfig;
import dev.steerage.transformer.forward.Block;
import dev.steerage.transformer.forward.QkvLayout;
import dev.steerage.transformer.forward.Weights;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// GPT-NeoX, as Pythia and TokFSM: rotary positions on a part of each head, attention and MLP in
/// parallel or one after the other, untied head.
record GptNeox() implements Architecture {
  private static final String TRUNK = "gpt_neox.";

  @Override
  public ModelConfig config(JsonFile base) {
    int vocabulary = base.positive("vocab_size");
    int width = base.positive("hidden_size");
    int heads = base.positive("num_attention_heads");
    return new ModelConfig(
        "gpt_neox",
        vocabulary,
        base.positive("num_hidden_layers"),
        heads,
        Architecture.headDim(base, "num_attention_heads", width, heads),
        width,
        base.positive("intermediate_size", 4 * width),
        base.positive("max_position_embeddings"),
        base.tokenId("bos_token_id", vocabulary),
        base.tokenId("eos_token_id", vocabulary));
  }

  @Override
  public Set<Component> withoutReference(JsonFile base) {
    return EnumSet.of(Component.ATTN_PLUS_MLP);
  }

  @Override
  public Weights weights(JsonFile base, ModelConfig config, WeightReader reader) {
    if (base.has("rope_scaling")) {
      throw base.wrong("rope_scaling", "none");
    }
    int rotated =
        base.positive("rotary_ndims", (int) (config.headDim() * base.number("rotary_pct", 0.25)));
    if (rotated < 0 || rotated > config.headDim() || rotated % 2 != 0) {
      throw base.wrong("rotary_pct", "an even number of rotated dimensions, found " + rotated);
    }
    double theta = base.number("rotary_emb_base", base.number("rope_theta", 10000));
    float eps = (float) base.number("layer_norm_eps", 1e-5);
    boolean bias = base.flag("attention_bias", true);
    MemorySegment tokens =
        reader.tensor(TRUNK + "embed_in.weight", config.vocabulary(), config.width());
    List<Block> blocks = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      blocks.add(block(config, reader, layer, eps, bias));
    }
    return new Weights(
        config,
        reader.backend(),
        reader.sites(),
        tokens,
        null,
        RotaryTable.of(rotated, theta, config.maxPositions(), reader.arena()),
        Architecture.activation(base, "hidden_act", "gelu"),
        base.flag("use_parallel_residual", true),
        QkvLayout.interleaved(config.headDim()),
        blocks,
        reader.norm(TRUNK + "final_layer_norm", config.width(), eps),
        head(base, config, reader, tokens));
  }

  private static PackedLinear head(
      JsonFile base, ModelConfig config, WeightReader reader, MemorySegment tokens) {
    // transformers 5 renamed the untied head.
    String name = reader.has("lm_head.weight") ? "lm_head" : "embed_out";
    if (base.flag("tie_word_embeddings", false) && !reader.has(name + ".weight")) {
      return reader.pack(tokens, null, config.vocabulary(), config.width());
    }
    return reader.linear(name, config.vocabulary(), config.width(), false);
  }

  private static Block block(
      ModelConfig config, WeightReader reader, int layer, float eps, boolean bias) {
    String at = TRUNK + "layers." + layer;
    String attention = at + ".attention";
    String mlp = at + ".mlp";
    int width = config.width();
    int inner = config.inner();
    // Groups are read in the order of Component: that is the order of the site indices.
    var attn = reader.codebooks(layer, Component.ATTN, attention, width);
    var attnOut = reader.codebooks(layer, Component.ATTN_OUT, attention, width);
    var qkv = reader.codebooks(layer, Component.QKV, attention + ".query_key_value", 3 * width);
    var mlpMid = reader.codebooks(layer, Component.MLP_MID, mlp + ".act", inner);
    var mlpOut = reader.codebooks(layer, Component.MLP, mlp, width);
    var both = reader.codebooks(layer, Component.ATTN_PLUS_MLP, at, width);
    var whole = reader.codebooks(layer, Component.BLOCK, at, width);
    return new Block(
        reader.norm(at + ".input_layernorm", width, eps),
        reader.linear(attention + ".query_key_value", 3 * width, width, bias),
        reader.linear(attention + ".dense", width, width, bias),
        reader.norm(at + ".post_attention_layernorm", width, eps),
        reader.linear(mlp + ".dense_h_to_4h", inner, width, true),
        reader.linear(mlp + ".dense_4h_to_h", width, inner, true),
        (float) (1 / Math.sqrt(config.headDim())),
        Integer.MAX_VALUE,
        qkv,
        attn,
        attnOut,
        mlpMid,
        mlpOut,
        both,
        whole);
  }
}
