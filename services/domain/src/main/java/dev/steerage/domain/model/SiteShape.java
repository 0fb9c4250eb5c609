package dev.steerage.domain.model;

import dev.steerage.domain.codebook.Site;

/// One site of a model.
///
/// @param codes number of codes in the codebook (C)
/// @param activeCodes codes active per token (k)
/// @param width length of a code vector
public record SiteShape(Site site, int codes, int activeCodes, int width) {}
