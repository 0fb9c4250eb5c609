package dev.steerage.transformer;

import dev.steerage.transformer.tokenizer.Tokenizer;
import java.util.List;

/// A loaded codebook model. Immutable; shared between threads.
public final class CodebookTransformer implements AutoCloseable {
  private final ModelConfig config;
  private final List<CodebookSite> sites;
  private final String hash;
  private final NumericClass numericClass;
  private final Tokenizer tokenizer;

  CodebookTransformer(
      ModelConfig config,
      List<CodebookSite> sites,
      String hash,
      NumericClass numericClass,
      Tokenizer tokenizer) {
    this.config = config;
    this.sites = List.copyOf(sites);
    this.hash = hash;
    this.numericClass = numericClass;
    this.tokenizer = tokenizer;
  }

  public ModelConfig config() {
    return config;
  }

  /// All codebooks in canonical order: `L0.attn.H0`, …, `L0.mlp`, `L1.attn.H0`, …
  public List<CodebookSite> sites() {
    return sites;
  }

  /// SHA-256 (hex) of the content of weights, configs and tokenizer: the model hash.
  public String hash() {
    return hash;
  }

  public NumericClass numericClass() {
    return numericClass;
  }

  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /// Runs the model until compiled code is up to speed, in bounded time. Called before a worker
  /// says that it is ready; changes nothing else.
  public void warmUp() {
    throw new UnsupportedOperationException("no forward yet");
  }

  @Override
  public void close() {}
}
