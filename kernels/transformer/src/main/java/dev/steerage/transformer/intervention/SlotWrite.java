package dev.steerage.transformer.intervention;

/// Overwrites one slot of a site, or all of them, after the snap has chosen its codes.
///
/// @param code the code that goes into the slot, or [#BLOCKED]
/// @param slot `>= 0` counts from the most similar code, `< 0` from the least similar (-1 = least
///   similar), [#ALL_SLOTS] = every slot gets a copy
public record SlotWrite(int code, int slot) {
  /// A slot that contributes zero and still counts in the divisor.
  public static final int BLOCKED = -1;

  /// Every slot of the site.
  public static final int ALL_SLOTS = Integer.MIN_VALUE;

  public SlotWrite {
    if (code < BLOCKED) {
      throw new IllegalArgumentException("slot write: code=" + code + ", limit=" + BLOCKED);
    }
  }
}
