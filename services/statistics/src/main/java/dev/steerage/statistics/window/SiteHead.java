package dev.steerage.statistics.window;

import dev.steerage.domain.codebook.Site;

/// What a record says about a site besides its counts.
///
/// @param index in the model's list of sites
/// @param codes size of the codebook (C)
/// @param slots codes active per position (k)
public record SiteHead(int index, Site site, int codes, int slots) {}
