package dev.steerage.transformer.checkpoint;

import dev.steerage.domain.codebook.Component;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// `config.json` of a codebook model. Reads what the authors' releases have written over time:
/// scalars or lists, the names `preproj_attention` and `compositional`, missing newer fields.
///
/// @param layers layers that are snapped
record CodebookConfig(List<CodebookPlacement> placements, BitSet layers, boolean euclidean) {
  static final String FILE = "config.json";

  private static final Set<String> LEGACY = Set.of("preproj_attention", "attention");

  /// Positions that may not come after the key: the authors' code wraps modules in the order of the
  /// list, and what is put into or in place of a wrapped module is never run, or takes the codebook
  /// away that was there.
  private static final Map<Component, Set<Component>> LOST_AFTER =
      Map.of(
          Component.ATTN, Set.of(Component.ATTN_PLUS_MLP),
          Component.ATTN_OUT, Set.of(Component.ATTN, Component.QKV, Component.ATTN_PLUS_MLP),
          Component.QKV, Set.of(Component.ATTN, Component.ATTN_PLUS_MLP),
          Component.MLP_MID, Set.of(Component.ATTN_PLUS_MLP),
          Component.MLP, Set.of(Component.MLP_MID, Component.ATTN_PLUS_MLP),
          Component.BLOCK, EnumSet.complementOf(EnumSet.of(Component.BLOCK)));

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

  /// No codebooks: a dense base model.
  static final CodebookConfig NONE = new CodebookConfig(List.of(), new BitSet(), false);

  /// Whether a `config.json` speaks of codebooks at all.
  static boolean isIn(JsonFile json) {
    return json.has("codebook_at") || json.string("model_type", "").equals("codebook");
  }

  /// Whether the number of codebooks before the output projection is said to be that of the heads.
  static boolean hasOnePerHead(JsonFile json) {
    List<JsonNode> at = json.list("codebook_at");
    for (int i = 0; i < at.size(); i++) {
      boolean isHere = COMPONENTS.get(text(at.get(i))) == Component.ATTN;
      if (isHere && json.has("num_codebooks")) {
        return entry(json, "num_codebooks", i, at.size()).asInt(0) == -1;
      }
    }
    return false;
  }

  /// The position's name in a config.
  static String name(Component component) {
    return COMPONENTS.entrySet().stream()
        .filter(entry -> entry.getValue() == component)
        .map(Map.Entry::getKey)
        .min(Comparator.comparing(name -> LEGACY.contains(name) ? 1 : 0))
        .orElseThrow();
  }

  /// Whether the module that holds this component's codebook is wrapped once more, for a codebook
  /// on its output.
  boolean isWrappedAgain(Component component) {
    return (component == Component.ATTN && has(Component.ATTN_OUT))
        || (component == Component.ATTN_PLUS_MLP && has(Component.BLOCK));
  }

  private boolean has(Component component) {
    return placements.stream().anyMatch(placement -> placement.component() == component);
  }

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
        if (LOST_AFTER.getOrDefault(other.component(), Set.of()).contains(component)) {
          throw json.wrong(
              "codebook_at",
              "%s before %s: in this order the authors' code loses a codebook"
                  .formatted(name(component), name(other.component())));
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
    if (json.has("num_codebooks")) {
      JsonNode count = entry(json, "num_codebooks", i, positions);
      codebooks = count.isInt() ? count.intValue() : 0;
      if (codebooks < 1 && codebooks != -1) {
        throw json.wrong("num_codebooks", "integers >= 1, or -1 for one per head");
      }
    }
    if (!group && codebooks != 1) {
      throw json.wrong("num_codebooks", "1 for a vanilla codebook");
    }
    // Query, key and value each have codebooks of their own, whatever the config calls them.
    boolean isGroup = group || component == Component.QKV;
    return new CodebookPlacement(component, isGroup, codebooks, codes, active);
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
