package dev.steerage.experiments.variants;

/// A kind of codebook: what its codes are made of, as `train.json` names it, how many codebooks
/// share the width, and the weight of the redundancy penalty.
enum Kind {
  FREE("free", "free", 1, 0),
  GROUPED("grouped in 4", "free", 4, 0),
  SIMVQ("SimVQ", "simvq", 1, 0),
  PROJECTED("VQGAN-LC", "projected", 1, 0),
  FACTORISED("factorised in 4 with penalty", "free", 4, 0.01);

  private final String words;
  private final String variant;
  private final int groups;
  private final double penalty;

  Kind(String words, String variant, int groups, double penalty) {
    this.words = words;
    this.variant = variant;
    this.groups = groups;
    this.penalty = penalty;
  }

  String words() {
    return words;
  }

  String variant() {
    return variant;
  }

  int groups() {
    return groups;
  }

  double penalty() {
    return penalty;
  }
}
