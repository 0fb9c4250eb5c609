package dev.steerage.trainer.model;

import dev.steerage.domain.codebook.Component;
import dev.steerage.domain.codebook.Site;
import dev.steerage.trainer.model.Parameter.Role;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Where every tensor of a model lies and what it is for, under the names of the authors'
/// checkpoints.
public final class Blueprint {
  private static final float CODEBOOK_EPS = 1e-5f;

  private final ModelShape shape;
  private final List<Placement> placements;
  private final ParameterPlan plan = new ParameterPlan();
  private final List<Site> sites = new ArrayList<>();
  private final List<Placement> siteTypes = new ArrayList<>();
  private final List<BlockMap> blocks = new ArrayList<>();
  private final List<Projection> projections = new ArrayList<>();
  private final Variant variant;
  private final Names names;
  private final Parameter tokens;
  private final Parameter positionsOrNull;
  private final NormMap last;
  private final LinearMap head;

  /// @param placements none for a dense model
  public Blueprint(ModelShape shape, List<Placement> placements) {
    this(shape, placements, Variant.FREE);
  }

  /// @param variant what the codes are made of
  public Blueprint(ModelShape shape, List<Placement> placements, Variant variant) {
    this.variant = variant;
    this.shape = shape;
    this.placements = List.copyOf(placements);
    this.names = Names.of(shape.architecture());
    int width = shape.width();
    tokens = plan.add(names.tokens(), Role.EMBEDDING, true, shape.vocabulary(), width);
    positionsOrNull =
        shape.architecture().equals("gpt_neox")
            ? null
            : plan.add(names.positions(), Role.EMBEDDING, true, shape.positions(), width);
    for (int layer = 0; layer < shape.layers(); layer++) {
      blocks.add(block(layer));
    }
    last = norm(names.last(), width, true);
    Parameter headWeight =
        shape.tiedHead()
            ? tokens
            : plan.add("embed_out.weight", Role.WEIGHT, true, shape.vocabulary(), width);
    head = new LinearMap(headWeight, null, shape.vocabulary(), width, false, 0);
  }

  public ModelShape shape() {
    return shape;
  }

  public List<Placement> placements() {
    return placements;
  }

  public ParameterPlan plan() {
    return plan;
  }

  /// All codebooks in canonical order.
  public List<Site> sites() {
    return sites;
  }

  /// What kind of codebook a site holds.
  public Placement siteType(int site) {
    return siteTypes.get(site);
  }

  /// Codes that are a basis times a map; none where codes are free.
  public List<Projection> projections() {
    return projections;
  }

  public Variant variant() {
    return variant;
  }

  Parameter tokens() {
    return tokens;
  }

  Parameter positionsOrNull() {
    return positionsOrNull;
  }

  public List<BlockMap> blocks() {
    return blocks;
  }

  NormMap last() {
    return last;
  }

  LinearMap head() {
    return head;
  }

  /// The codes of a site.
  public Parameter codes(int site) {
    for (BlockMap block : blocks) {
      for (CodebookMap group : block.codebooks().values()) {
        int at = site - group.firstSite();
        if (at >= 0 && at < group.codes().size()) {
          return group.codes().get(at);
        }
      }
    }
    throw new IllegalArgumentException("site: value=" + site + ", limit=" + sites.size());
  }

  private BlockMap block(int layer) {
    String at = names.block(layer);
    boolean mlpWrapped = has(layer, Component.MLP);
    boolean attentionWrapped = has(layer, Component.ATTN_OUT);
    String inBlock = has(layer, Component.BLOCK) ? at + ".module_layer" : at;
    String attention = inBlock + names.attention() + (attentionWrapped ? ".module_layer" : "");
    String mlp = inBlock + ".mlp" + (mlpWrapped ? ".module_layer" : "");
    // The authors' wrappers of heads, and of attention plus MLP, replace the attention or the block
    // after the trainable list was taken.
    boolean blockTrained = !has(layer, Component.ATTN_PLUS_MLP);
    boolean attentionTrained = blockTrained && !has(layer, Component.ATTN);
    int width = shape.width();
    NormMap beforeAttention = norm(inBlock + names.beforeAttention(), width, blockTrained);
    List<LinearMap> qkv = qkv(layer, attention, attentionTrained);
    LinearMap out = linear(attention + names.attentionOut(), width, width, true, attentionTrained);
    NormMap beforeMlp = norm(inBlock + names.beforeMlp(), width, blockTrained);
    LinearMap up = linear(mlp + names.up(), shape.inner(), width, true, blockTrained);
    LinearMap down = linear(mlp + names.down(), width, shape.inner(), true, blockTrained);
    String plainAttention = inBlock + names.attention();
    String plainMlp = inBlock + ".mlp";
    Map<Component, CodebookMap> codebooks = new EnumMap<>(Component.class);
    codebooks(codebooks, layer, Component.ATTN, plainAttention);
    codebooks(codebooks, layer, Component.ATTN_OUT, plainAttention);
    codebooks(codebooks, layer, Component.QKV, plainAttention + names.qkv());
    codebooks(codebooks, layer, Component.MLP_MID, mlp + ".act");
    codebooks(codebooks, layer, Component.MLP, plainMlp);
    codebooks(codebooks, layer, Component.ATTN_PLUS_MLP, at);
    codebooks(codebooks, layer, Component.BLOCK, at);
    return new BlockMap(beforeAttention, qkv, out, beforeMlp, up, down, codebooks);
  }

  private List<LinearMap> qkv(int layer, String attention, boolean trained) {
    int width = shape.width();
    String fused = attention + names.qkv() + (has(layer, Component.QKV) ? ".module_layer" : "");
    return switch (shape.architecture()) {
      case "gpt_neo" -> {
        List<LinearMap> maps = new ArrayList<>();
        for (String part : List.of(".q_proj", ".k_proj", ".v_proj")) {
          Parameter weight =
              plan.add(attention + part + ".weight", Role.WEIGHT, trained, width, width);
          maps.add(new LinearMap(weight, null, width, width, false, maps.size() * width));
        }
        yield maps;
      }
      case "gpt2" -> List.of(linear(fused, 3 * width, width, true, trained));
      default -> List.of(linear(fused, 3 * width, width, shape.attentionBias(), trained));
    };
  }

  private void codebooks(
      Map<Component, CodebookMap> found, int layer, Component component, String module) {
    for (Placement placement : placements) {
      if (placement.component() == component && placement.isIn(layer)) {
        found.put(component, group(layer, placement, module + ".codebook_layer"));
      }
    }
  }

  private CodebookMap group(int layer, Placement placement, String name) {
    List<NormMap> norms = new ArrayList<>();
    List<Parameter> codes = new ArrayList<>();
    int first = sites.size();
    int width = placement.width();
    for (int i = 0; i < placement.codebooks(); i++) {
      String at = placement.group() ? name + ".codebook." + i : name;
      codes.add(plan.add(at + ".codebook.weight", Role.CODES, true, placement.codes(), width));
      if (variant.isProjected()) {
        projections.add(
            new Projection(
                codes.getLast(),
                plan.add(at + ".basis", Role.BASIS, false, placement.codes(), width),
                plan.add(at + ".projector", Role.PROJECTOR, true, width, width)));
      }
      // Norms of vanilla codebooks are in none of the authors' optimizer groups.
      boolean trained = placement.group();
      norms.add(
          new NormMap(
              plan.add(at + ".ln.weight", Role.CODE_GAIN, trained, width),
              plan.add(at + ".ln.bias", Role.CODE_BIAS, trained, width),
              width,
              CODEBOOK_EPS));
      sites.add(new Site(layer, placement.component(), placement.group() ? i : Site.NO_HEAD));
      siteTypes.add(placement);
    }
    return new CodebookMap(first, placement, norms, codes);
  }

  private boolean has(int layer, Component component) {
    return placements.stream()
        .anyMatch(placement -> placement.component() == component && placement.isIn(layer));
  }

  private NormMap norm(String name, int width, boolean trained) {
    return new NormMap(
        plan.add(name + ".weight", Role.GAIN, trained, width),
        plan.add(name + ".bias", Role.BIAS, trained, width),
        width,
        shape.eps());
  }

  private LinearMap linear(String name, int out, int in, boolean bias, boolean trained) {
    boolean transposed = shape.architecture().equals("gpt2");
    Parameter weight =
        transposed
            ? plan.add(name + ".weight", Role.WEIGHT, trained, in, out)
            : plan.add(name + ".weight", Role.WEIGHT, trained, out, in);
    Parameter biasOrNull = bias ? plan.add(name + ".bias", Role.BIAS, trained, out) : null;
    return new LinearMap(weight, biasOrNull, out, in, transposed, 0);
  }
}
