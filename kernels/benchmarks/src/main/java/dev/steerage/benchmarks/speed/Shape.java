package dev.steerage.benchmarks.speed;

/// The shape of a GPT-NeoX model.
record Shape(String name, int layers, int width, int heads, int inner, int vocabulary) {
  static final Shape M70 = new Shape("70M", 6, 512, 8, 2048, 50304);
  static final Shape M160 = new Shape("160M", 12, 768, 12, 3072, 50304);
  static final Shape M410 = new Shape("410M", 24, 1024, 16, 4096, 50304);

  /// Weights that one token multiplies: all but the table of embeddings.
  long weightsPerToken() {
    long perLayer = 4L * width * width + 2L * width * inner;
    return layers * perLayer + (long) vocabulary * width;
  }

  String arguments() {
    return "%d,%d,%d,%d,%d".formatted(layers, width, heads, inner, vocabulary);
  }
}
