package dev.steerage.ops.attention;

import dev.steerage.ops.Floats;
import java.lang.foreign.MemorySegment;

/// One head of one sequence in a tensor of fused rows: element d of the query at position t lies at
/// `query + t * stride + d`, key and value likewise.
public record HeadRows(MemorySegment tensor, long query, long key, long value, int stride) {
  void check(String name, int length, int dim) {
    Floats.check(name, tensor, query, stride, length, dim);
    Floats.check(name, tensor, key, stride, length, dim);
    Floats.check(name, tensor, value, stride, length, dim);
  }
}
