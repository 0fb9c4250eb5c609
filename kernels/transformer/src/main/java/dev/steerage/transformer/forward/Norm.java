package dev.steerage.transformer.forward;

import java.lang.foreign.MemorySegment;

/// Parameters of one layer normalisation, `[width]` each.
public record Norm(MemorySegment gamma, MemorySegment beta, float eps) {}
