package dev.steerage.transformer.forward;

import dev.steerage.ops.snap.PackedCodebook;

/// The codebooks that share one activation: chunk i of it, `width` elements, goes through codebook
/// i. A vanilla codebook is a group of one.
///
/// @param firstSite site index of codebook 0; the others follow
/// @param width elements of one chunk
/// @param activeCodes k
public record CodebookGroup(
    int firstSite, int width, int activeCodes, Norm[] norms, PackedCodebook[] codebooks) {
  public int size() {
    return codebooks.length;
  }
}
