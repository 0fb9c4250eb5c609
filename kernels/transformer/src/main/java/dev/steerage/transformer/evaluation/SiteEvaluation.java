package dev.steerage.transformer.evaluation;

import dev.steerage.transformer.CodebookSite;

/// What a codebook did to the activations of some tokens. u is the activation after the codebook's
/// layer normalisation, y the mean of the active codes.
///
/// @param error mean over tokens of `|u - y|^2`, summed over the width
/// @param relativeError sum of `|u - y|^2` over sum of `|u|^2`
/// @param inputNorm mean of `|u|`
/// @param outputNorm mean of `|y|`
/// @param usedCodes codes that were active at least once
/// @param deadShare share of the codes that never were
/// @param codeNormMean over all codes
public record SiteEvaluation(
    CodebookSite site,
    long tokens,
    double error,
    double relativeError,
    double inputNorm,
    double outputNorm,
    int usedCodes,
    double deadShare,
    double codeNormMean,
    double codeNormMax) {}
