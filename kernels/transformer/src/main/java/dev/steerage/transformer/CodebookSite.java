package dev.steerage.transformer;

import dev.steerage.domain.codebook.Site;

/// One codebook of a model.
///
/// @param index position in [CodebookTransformer#sites]: the site index everywhere
/// @param codes number of codes, C
/// @param activeCodes codes active per token, k
/// @param width length of a code vector
public record CodebookSite(int index, Site site, int codes, int activeCodes, int width) {}
