package dev.steerage.transformer.checkpoint;

import dev.steerage.domain.codebook.Component;
import dev.steerage.transformer.ModelConfig;
import dev.steerage.transformer.forward.Block;
import dev.steerage.transformer.forward.QkvLayout;
import dev.steerage.transformer.forward.Weights;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// GPT-2: learned positions, weights stored `[in, out]`, tied head.
record Gpt2() implements Architecture {
  private static final String TRUNK = "transformer.";

  @Override
  public ModelConfig config(JsonFile base) {
    int vocabulary = base.positive("vocab_size");
    int width = base.positive("n_embd");
    int heads = base.positive("n_head");
    return new ModelConfig(
        "gpt2",
        vocabulary,
        base.positive("n_layer"),
        heads,
        Architecture.headDim(base, "n_head", width, heads),
        width,
        base.positive("n_inner", 4 * width),
        base.positive("n_positions"),
        base.tokenId("bos_token_id", vocabulary),
        base.tokenId("eos_token_id", vocabulary));
  }

  @Override
  public Weights weights(JsonFile base, ModelConfig config, WeightReader reader) {
    float eps = (float) base.number("layer_norm_epsilon", 1e-5);
    int width = config.width();
    MemorySegment tokens = reader.tensor(TRUNK + "wte.weight", config.vocabulary(), width);
    List<Block> blocks = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      blocks.add(block(base, config, reader, layer, eps));
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
      JsonFile base, ModelConfig config, WeightReader reader, int layer, float eps) {
    String at = TRUNK + "h." + layer;
    String attention = at + ".attn";
    String mlp = at + ".mlp";
    int width = config.width();
    int inner = config.inner();
    // Groups are read in the order of Component: that is the order of the site indices.
    var attn = reader.codebooks(layer, Component.ATTN, attention, width);
    var attnOut = reader.codebooks(layer, Component.ATTN_OUT, attention, width);
    var qkv = reader.codebooks(layer, Component.QKV, attention + ".c_attn", 3 * width);
    var mlpMid = reader.codebooks(layer, Component.MLP_MID, mlp + ".act", inner);
    var mlpOut = reader.codebooks(layer, Component.MLP, mlp, width);
    var both = reader.codebooks(layer, Component.ATTN_PLUS_MLP, at, width);
    var whole = reader.codebooks(layer, Component.BLOCK, at, width);
    return new Block(
        reader.norm(at + ".ln_1", width, eps),
        reader.transposed(attention + ".c_attn", 3 * width, width),
        reader.transposed(attention + ".c_proj", width, width),
        reader.norm(at + ".ln_2", width, eps),
        reader.transposed(mlp + ".c_fc", inner, width),
        reader.transposed(mlp + ".c_proj", width, inner),
        scale(base, config, layer),
        Integer.MAX_VALUE,
        qkv,
        attn,
        attnOut,
        mlpMid,
        mlpOut,
        both,
        whole);
  }

  private static float scale(JsonFile base, ModelConfig config, int layer) {
    double scale = 1;
    if (base.flag("scale_attn_weights", true)) {
      scale /= Math.sqrt(config.headDim());
    }
    if (base.flag("scale_attn_by_inverse_layer_idx", false)) {
      scale /= layer + 1;
    }
    return (float) scale;
  }
}
