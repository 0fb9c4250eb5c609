package dev.steerage.ops.snap;

import java.lang.foreign.MemorySegment;

/// The codes of one codebook as they are stored, `[codes, width]` row-major float32: what the
/// reference computes with, and what is brought to a device.
///
/// @param norms of the codes, as the canonical score takes them
public record UnpackedCodebook(
    MemorySegment values, double[] norms, int codes, int width, Similarity similarity)
    implements PackedCodebook {}
