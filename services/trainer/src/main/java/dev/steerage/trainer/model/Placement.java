package dev.steerage.trainer.model;

import dev.steerage.domain.codebook.Component;
import dev.steerage.ops.snap.Similarity;
import dev.steerage.trainer.Settings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// The codebooks at one position of some layers, as the authors' `config.json` states them.
///
/// @param codebooks size of the group; 1 for a vanilla codebook
/// @param codes codes per codebook, C
/// @param active codes active per token, k
/// @param width elements of one codebook's chunk
/// @param similarity how codes are ranked
/// @param layers that have them; empty: all
public record Placement(
    Component component,
    boolean group,
    int codebooks,
    int codes,
    int active,
    int width,
    Similarity similarity,
    Set<Integer> layers) {
  public Placement {
    layers = Set.copyOf(layers);
  }

  private static final Map<String, Component> COMPONENTS =
      Map.of(
          "attn_preproj", Component.ATTN,
          "attn", Component.ATTN_OUT,
          "mlp_mid", Component.MLP_MID,
          "qkv", Component.QKV,
          "mlp", Component.MLP,
          "attn_plus_mlp", Component.ATTN_PLUS_MLP,
          "transformer_block", Component.BLOCK);

  /// All placements of a config, in its order.
  public static List<Placement> of(Settings config, ModelShape shape) {
    List<Placement> placements = new ArrayList<>();
    List<JsonNode> at = config.list("codebook_at");
    for (int i = 0; i < at.size(); i++) {
      Component component = COMPONENTS.get(at.get(i).asString(""));
      if (component == null) {
        throw config.wrong(
            "codebook_at", "one of " + COMPONENTS.keySet().stream().sorted().toList());
      }
      boolean isRefused =
          component == Component.ATTN_OUT
              || component == Component.QKV
              || component == Component.ATTN_PLUS_MLP;
      if (shape.architecture().equals("gpt_neo") && isRefused) {
        throw config.wrong("codebook_at", "a position that gpt_neo has");
      }
      placements.add(placement(config, shape, component, i, at.size()));
    }
    return placements;
  }

  private static Placement placement(
      Settings config, ModelShape shape, Component component, int i, int positions) {
    int whole =
        switch (component) {
          case MLP_MID -> shape.inner();
          case QKV -> 3 * shape.width();
          case ATTN, ATTN_OUT, MLP, ATTN_PLUS_MLP, BLOCK -> shape.width();
        };
    String type = entry(config, "codebook_type", i, positions).asString("");
    // The authors make a group of it whatever the config says, three times as many as stated.
    boolean isQkv = component == Component.QKV;
    boolean group = type.equals("group") || isQkv;
    if (!group && !type.equals("vanilla")) {
      throw config.wrong("codebook_type", "group or vanilla");
    }
    int codes = entry(config, "num_codes", i, positions).asInt(0);
    int active = entry(config, "k_codebook", i, positions).asInt(0);
    if (codes < 1 || active < 1 || active > codes) {
      throw config.wrong("k_codebook", "1 to num_codes=" + codes);
    }
    int size = group ? entry(config, "num_codebooks", i, positions).asInt(0) : 1;
    size = (size == -1 ? shape.heads() : size) * (isQkv ? 3 : 1);
    if (size < 1 || whole % size != 0) {
      throw config.wrong("num_codebooks", "a divisor of width " + whole);
    }
    return new Placement(
        component,
        group,
        size,
        codes,
        active,
        whole / size,
        similarity(config),
        layers(config, shape));
  }

  private static Set<Integer> layers(Settings config, ModelShape shape) {
    Set<Integer> layers = new HashSet<>();
    if (!config.has("layers_to_snap")) {
      return layers;
    }
    for (JsonNode value : config.list("layers_to_snap")) {
      if (value.isString() && value.stringValue().equals("all")) {
        continue;
      }
      int layer = value.isInt() ? value.intValue() : shape.layers();
      layer = layer < 0 ? shape.layers() + layer : layer;
      if (layer < 0 || layer >= shape.layers()) {
        throw config.wrong("layers_to_snap", "\"all\" or layers of " + shape.layers());
      }
      layers.add(layer);
    }
    return layers;
  }

  /// Whether a layer has these codebooks.
  public boolean isIn(int layer) {
    return layers.isEmpty() || layers.contains(layer);
  }

  private static Similarity similarity(Settings config) {
    return switch (config.text("similarity_metric", "inner_product")) {
      case "inner_product" -> Similarity.INNER_PRODUCT;
      case "euclidean" -> Similarity.EUCLIDEAN;
      default -> throw config.wrong("similarity_metric", "inner_product or euclidean");
    };
  }

  private static JsonNode entry(Settings config, String key, int i, int positions) {
    List<JsonNode> values = config.list(key);
    if (values.size() != 1 && values.size() != positions) {
      throw config.wrong(key, "one value per codebook_at, that is " + positions);
    }
    return values.get(values.size() == 1 ? 0 : i);
  }
}
