package dev.steerage.transformer.forward;

import dev.steerage.domain.codebook.Component;
import dev.steerage.transformer.forward.PlainModel.Place;
import java.util.List;
import java.util.Map;

/// The names that the authors' wrapper gives to the tensors of a model: it replaces modules and
/// puts `.module_layer` after every module that it wraps.
///
/// @param places codebooks of the snapped layers
record AuthorsNames(String family, Map<Component, Place> places, List<Integer> layers) {
  static final Map<Component, String> POSITIONS =
      Map.of(
          Component.ATTN, "attn_preproj",
          Component.ATTN_OUT, "attn",
          Component.QKV, "qkv",
          Component.MLP_MID, "mlp_mid",
          Component.MLP, "mlp",
          Component.ATTN_PLUS_MLP, "attn_plus_mlp",
          Component.BLOCK, "transformer_block");

  /// In the order in which the authors' code has to be given them, modules before what holds them.
  static final List<Component> ORDER =
      List.of(
          Component.ATTN_PLUS_MLP,
          Component.ATTN,
          Component.QKV,
          Component.ATTN_OUT,
          Component.MLP_MID,
          Component.MLP,
          Component.BLOCK);

  /// A tensor of the base model.
  String base(String plain) {
    return "model." + wrapped(plain, -1);
  }

  /// A tensor of a codebook, `codebook.weight` or `ln.…`.
  String codebook(int layer, Component component, int i, boolean isGroup, String tensor) {
    String name = module(component, layer) + ".codebook_layer";
    name = isGroup ? name + ".codebook." + i + "." + tensor : name + "." + tensor;
    return "model." + wrapped(name, ORDER.indexOf(component));
  }

  /// Modules wrapped at or before this place of the order do not go around the tensor.
  private String wrapped(String plain, int own) {
    String name = plain;
    for (int layer : layers) {
      for (int at = own + 1; at < ORDER.size(); at++) {
        Component component = ORDER.get(at);
        String module = module(component, layer) + ".";
        boolean isReplaced = component == Component.ATTN || component == Component.ATTN_PLUS_MLP;
        if (places.containsKey(component) && !isReplaced && name.startsWith(module)) {
          name = module + "module_layer." + name.substring(module.length());
        }
      }
    }
    return name;
  }

  private String module(Component component, int layer) {
    boolean isNeox = family.equals("gpt_neox");
    String at = (isNeox ? "gpt_neox.layers." : "transformer.h.") + layer;
    String attention =
        at
            + switch (family) {
              case "gpt_neox" -> ".attention";
              case "gpt2" -> ".attn";
              default -> ".attn.attention";
            };
    return switch (component) {
      case ATTN, ATTN_OUT -> attention;
      case QKV -> attention + (isNeox ? ".query_key_value" : ".c_attn");
      case MLP_MID -> at + ".mlp.act";
      case MLP -> at + ".mlp";
      case ATTN_PLUS_MLP, BLOCK -> at;
    };
  }
}
