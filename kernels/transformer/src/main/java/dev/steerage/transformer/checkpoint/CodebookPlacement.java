package dev.steerage.transformer.checkpoint;

import dev.steerage.domain.codebook.Component;

/// The codebooks at one position of every snapped layer, as the config states them.
///
/// @param codebooks size of the group; 1 for a vanilla codebook, -1 = one per head
/// @param codes codes per codebook, C
/// @param activeCodes codes active per token, k
record CodebookPlacement(
    Component component, boolean group, int codebooks, int codes, int activeCodes) {}
