package dev.steerage.trainer.model;

import dev.steerage.domain.codebook.Component;
import dev.steerage.ops.snap.Similarity;
import dev.steerage.trainer.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// The codebooks at one position of every layer, as the authors' `config.json` states them.
///
/// @param codebooks size of the group; 1 for a vanilla codebook
/// @param codes codes per codebook, C
/// @param active codes active per token, k
/// @param width elements of one codebook's chunk
/// @param similarity how codes are ranked
public record Placement(
    Component component,
    boolean group,
    int codebooks,
    int codes,
    int active,
    int width,
    Similarity similarity) {
  private static final Map<String, Component> COMPONENTS =
      Map.of(
          "attn_preproj", Component.ATTN,
          "attn", Component.ATTN_OUT,
          "mlp_mid", Component.MLP_MID,
          "mlp", Component.MLP,
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
      if (shape.architecture().equals("gpt_neo") && component == Component.ATTN_OUT) {
        throw config.wrong("codebook_at", "a position that gpt_neo has");
      }
      placements.add(placement(config, shape, component, i, at.size()));
    }
    return placements;
  }

  private static Placement placement(
      Settings config, ModelShape shape, Component component, int i, int positions) {
    int whole = component == Component.MLP_MID ? shape.inner() : shape.width();
    String type = entry(config, "codebook_type", i, positions).asString("");
    boolean group = type.equals("group");
    if (!group && !type.equals("vanilla")) {
      throw config.wrong("codebook_type", "group or vanilla");
    }
    int codes = entry(config, "num_codes", i, positions).asInt(0);
    int active = entry(config, "k_codebook", i, positions).asInt(0);
    if (codes < 1 || active < 1 || active > codes) {
      throw config.wrong("k_codebook", "1 to num_codes=" + codes);
    }
    int size = group ? entry(config, "num_codebooks", i, positions).asInt(0) : 1;
    size = size == -1 ? shape.heads() : size;
    if (size < 1 || whole % size != 0) {
      throw config.wrong("num_codebooks", "a divisor of width " + whole);
    }
    return new Placement(component, group, size, codes, active, whole / size, similarity(config));
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
