package dev.steerage.ops;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/// The registers of the vector backend: how wide they are, how they are loaded and stored.
///
/// At most sixteen lanes, so that one register never covers more than one round of [Stripes]; 4, 8
/// and 16 lanes give the same bits.
public final class LanesVector {
  public static final VectorSpecies<Float> SPECIES =
      FloatVector.SPECIES_PREFERRED.length() > Stripes.COUNT
          ? FloatVector.SPECIES_512
          : FloatVector.SPECIES_PREFERRED;

  public static final int LANES = SPECIES.length();

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private LanesVector() {}

  /// Lanes from element `index` on.
  public static FloatVector load(MemorySegment tensor, long index) {
    return FloatVector.fromMemorySegment(SPECIES, tensor, index << 2, ORDER);
  }

  /// As [#load], zero where the mask is not set.
  public static FloatVector load(MemorySegment tensor, long index, VectorMask<Float> mask) {
    return FloatVector.fromMemorySegment(SPECIES, tensor, index << 2, ORDER, mask);
  }

  public static void store(FloatVector value, MemorySegment tensor, long index) {
    value.intoMemorySegment(tensor, index << 2, ORDER);
  }

  public static void store(
      FloatVector value, MemorySegment tensor, long index, VectorMask<Float> mask) {
    value.intoMemorySegment(tensor, index << 2, ORDER, mask);
  }

  public static FloatVector broadcast(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }

  /// The lanes whose element `from + lane` lies below `limit`.
  public static VectorMask<Float> below(int from, int limit) {
    return SPECIES.indexInRange(from, limit);
  }
}
