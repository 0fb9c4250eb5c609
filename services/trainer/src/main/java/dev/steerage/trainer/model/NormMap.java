package dev.steerage.trainer.model;

/// A layer normalisation among the parameters.
public record NormMap(Parameter gain, Parameter bias, int width, float eps) {}
