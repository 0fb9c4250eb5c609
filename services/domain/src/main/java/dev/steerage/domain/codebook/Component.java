package dev.steerage.domain.codebook;

import java.util.Optional;

/// Where in a layer a codebook sits, in the order in which sites are numbered.
public enum Component {
  /// Concatenated head outputs before the output projection (`attn_preproj`): one site per head.
  ATTN("attn", true),
  /// Output of the attention module, after the output projection.
  ATTN_OUT("attn_out", false),
  /// The fused query, key and value projection.
  QKV("qkv", true),
  /// After the activation function of the MLP.
  MLP_MID("mlp_mid", false),
  /// Output of the MLP.
  MLP("mlp", false),
  /// The sum of attention and MLP output.
  ATTN_PLUS_MLP("attn_plus_mlp", false),
  /// The output of the whole block: the residual stream itself.
  BLOCK("block", false);

  private final String label;
  private final boolean perHead;

  Component(String label, boolean perHead) {
    this.label = label;
    this.perHead = perHead;
  }

  /// The word used in site names.
  public String label() {
    return label;
  }

  /// Whether a site of this component usually names a head (a group of codebooks).
  public boolean isPerHead() {
    return perHead;
  }

  /// The component of a label, if there is one.
  public static Optional<Component> ofLabel(String label) {
    for (Component component : values()) {
      if (component.label.equals(label)) {
        return Optional.of(component);
      }
    }
    return Optional.empty();
  }
}
