package dev.steerage.trainer.model;

/// What one family of base models calls its tensors.
record Names(
    String tokens,
    String positions,
    String blocks,
    String attention,
    String qkv,
    String attentionOut,
    String beforeAttention,
    String beforeMlp,
    String up,
    String down,
    String last) {
  private static final Names NEOX =
      new Names(
          "gpt_neox.embed_in.weight",
          "",
          "gpt_neox.layers.",
          ".attention",
          ".query_key_value",
          ".dense",
          ".input_layernorm",
          ".post_attention_layernorm",
          ".dense_h_to_4h",
          ".dense_4h_to_h",
          "gpt_neox.final_layer_norm");
  private static final Names GPT2 =
      new Names(
          "transformer.wte.weight",
          "transformer.wpe.weight",
          "transformer.h.",
          ".attn",
          ".c_attn",
          ".c_proj",
          ".ln_1",
          ".ln_2",
          ".c_fc",
          ".c_proj",
          "transformer.ln_f");
  private static final Names NEO =
      new Names(
          "transformer.wte.weight",
          "transformer.wpe.weight",
          "transformer.h.",
          ".attn.attention",
          "",
          ".out_proj",
          ".ln_1",
          ".ln_2",
          ".c_fc",
          ".c_proj",
          "transformer.ln_f");

  static Names of(String architecture) {
    return switch (architecture) {
      case "gpt_neox" -> NEOX;
      case "gpt2" -> GPT2;
      case "gpt_neo" -> NEO;
      default ->
          throw new IllegalArgumentException(
              "architecture: name=" + architecture + ", limit=gpt_neox, gpt2, gpt_neo");
    };
  }

  String block(int layer) {
    return blocks + layer;
  }
}
