package dev.steerage.trainer.model;

import dev.steerage.domain.codebook.Component;
import java.util.List;
import java.util.Map;

/// One layer among the parameters.
///
/// @param qkv one map, or three where query, key and value are stored apart
public record BlockMap(
    NormMap beforeAttention,
    List<LinearMap> qkv,
    LinearMap attentionOut,
    NormMap beforeMlp,
    LinearMap up,
    LinearMap down,
    Map<Component, CodebookMap> codebooks) {
  public BlockMap {
    qkv = List.copyOf(qkv);
    codebooks = Map.copyOf(codebooks);
  }
}
