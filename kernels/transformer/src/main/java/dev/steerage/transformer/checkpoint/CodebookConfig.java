package dev.steerage.transformer.checkpoint;

import dev.steerage.domain.codebook.Component;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// `config.json` of a codebook model. Reads what the authors' releases have written over time:
/// scalars or lists, the names `preproj_attention` and `compositional`, missing newer fields.
///
/// @param layers layers that are snapped
record CodebookConfig(List<CodebookPlacement> placements, BitSet layers, boolean euclidean) {
  static final String FILE = "config.json";

  private static final Map<String, Component> COMPONENTS =
      Map.of(
          "attn_preproj", Component.ATTN,
          "preproj_attention", Component.ATTN,
          "attn", Component.ATTN_OUT,
          "attention", Component.ATTN_OUT,
          "qkv", Component.QKV,
          "mlp_mid", Component.MLP_MID,
          "mlp", Component.MLP,
          "attn_plus_mlp", Component.ATTN_PLUS_MLP,
          "transformer_block", Component.BLOCK);

  static CodebookConfig of(JsonFile json, int layers) {
    List<JsonNode> at = json.list("codebook_at");
    List<CodebookPlacement> placements = new ArrayList<>();
    for (int i = 0; i < at.size(); i++) {
      Component component = COMPONENTS.get(text(at.get(i)));
      if (component == null) {
        throw json.wrong("codebook_at", "one of " + COMPONENTS.keySet().stream().sorted().toList());
      }
      for (CodebookPlacement other : placements) {
        if (other.component() == component) {
          throw json.wrong("codebook_at", "each position once");
        }
      }
      placements.add(placement(json, component, i, at.size()));
    }
    String metric = json.string("similarity_metric", "inner_product");
    boolean euclidean = metric.equals("euclidean");
    if (!euclidean && !metric.equals("inner_product")) {
      throw json.wrong("similarity_metric", "inner_product or euclidean");
    }
    return new CodebookConfig(List.copyOf(placements), layersOf(json, layers), euclidean);
  }

  private static CodebookPlacement placement(
      JsonFile json, Component component, int i, int positions) {
    String type = json.has("codebook_type") ? text(entry(json, "codebook_type", i, positions)) : "";
    boolean group =
        switch (type) {
          case "", "vanilla" -> false;
          case "group", "compositional" -> true;
          default -> throw json.wrong("codebook_type", "vanilla or group");
        };
    int codes = positive(json, "num_codes", i, positions);
    int active = positive(json, "k_codebook", i, positions);
    if (active > codes) {
      throw json.wrong("k_codebook", "at most num_codes=" + codes);
    }
    int codebooks = 1;
    if (group) {
      JsonNode count = entry(json, "num_codebooks", i, positions);
      codebooks = count.isInt() ? count.intValue() : 0;
      if (codebooks < 1 && codebooks != -1) {
        throw json.wrong("num_codebooks", "integers >= 1, or -1 for one per head");
      }
    }
    return new CodebookPlacement(component, group, codebooks, codes, active);
  }

  private static BitSet layersOf(JsonFile json, int layers) {
    BitSet snapped = new BitSet(layers);
    if (!json.has("layers_to_snap")) {
      snapped.set(0, layers);
      return snapped;
    }
    for (JsonNode value : json.list("layers_to_snap")) {
      if (value.isString() && value.stringValue().equals("all")) {
        snapped.set(0, layers);
        continue;
      }
      int layer = value.isInt() ? value.intValue() : Integer.MIN_VALUE;
      layer = layer < 0 ? layer + layers : layer;
      if (layer < 0 || layer >= layers) {
        throw json.wrong("layers_to_snap", "\"all\" or layers of " + -layers + ".." + (layers - 1));
      }
      snapped.set(layer);
    }
    return snapped;
  }

  private static int positive(JsonFile json, String field, int i, int positions) {
    JsonNode value = entry(json, field, i, positions);
    if (!value.isInt() || value.intValue() < 1) {
      throw json.wrong(field, "integers >= 1");
    }
    return value.intValue();
  }

  /// The i-th value; one value alone holds for every position.
  private static JsonNode entry(JsonFile json, String field, int i, int positions) {
    List<JsonNode> values = json.list(field);
    if (values.size() == 1) {
      return values.getFirst();
    }
    if (values.size() != positions) {
      throw json.wrong(field, "one value per codebook_at, that is " + positions);
    }
    return values.get(i);
  }

  private static String text(JsonNode node) {
    return node.isString() ? node.stringValue() : node.toString();
  }
}
