package dev.steerage.ops.snap;

import static dev.steerage.ops.Floats.get;
import static dev.steerage.ops.Floats.set;

import java.lang.foreign.MemorySegment;

/// The mean of chosen codes, slot by slot, from one element of the width on.
final class CodeMean {
  private CodeMean() {}

  static void mean(
      MemorySegment codes,
      int width,
      int first,
      int[] ids,
      int offset,
      int count,
      int divisor,
      MemorySegment out,
      long outOffset) {
    for (int i = first; i < width; i++) {
      float acc = 0f;
      for (int slot = 0; slot < count; slot++) {
        int id = ids[offset + slot];
        if (id >= 0) {
          acc += get(codes, (long) id * width + i);
        }
      }
      set(out, outOffset + i, acc / divisor);
    }
  }
}
