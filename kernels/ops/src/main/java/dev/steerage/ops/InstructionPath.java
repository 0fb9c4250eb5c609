package dev.steerage.ops;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// What the C kernels can run on, best first; each is a copy of every kernel in the library.
enum InstructionPath {
  /// Tiles of bf16 for scans and for maps with bf16 weights; else AVX512.
  AMX(16, 16),
  /// AVX-512 with dot products of bf16, for scans alone: its other kernels are those of AVX512.
  AVX512BF16(8, 16),
  AVX512(4, 16),
  AVX2(2, 8),
  /// Plain C, or NEON on ARM.
  PLAIN(1, 1);

  private static final int NEON_LANES = 4;

  private final int bit;
  private final int lanes;

  InstructionPath(int bit, int lanes) {
    this.bit = bit;
    this.lanes = lanes;
  }

  /// Those whose bit is set in what `steerage_paths` of `path.c` answers.
  static List<InstructionPath> in(int bits) {
    return Arrays.stream(values()).filter(path -> (bits & path.bit) != 0).toList();
  }

  /// In symbols, in `-Dsteerage.native.path` and in the numeric class.
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  int lanes(String platform) {
    return this == PLAIN && platform.endsWith("aarch64") ? NEON_LANES : lanes;
  }

  /// Whether this is AVX-512 with kernels of its own for a few things.
  boolean isWide() {
    return this == AMX || this == AVX512BF16;
  }

  boolean multipliesBf16() {
    return this == AMX || this == AVX512BF16;
  }
}
