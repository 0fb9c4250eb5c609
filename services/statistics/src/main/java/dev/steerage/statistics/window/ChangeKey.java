package dev.steerage.statistics.window;

import java.nio.charset.StandardCharsets;

/// Keys of the changelog.
///
/// ```
/// clock  0
/// change 1 | slot of the pane u8 | kind u8 (0 whole, 1 difference) | sequence u16 | block key UTF-8
/// ```
///
/// Keys return when the ring comes round, so that compaction alone keeps the log short.
record ChangeKey(int slot, Kind kind, int sequence, String block) {
  static final int SEQUENCE_MAX = 0xFFFE;

  private static final int CHANGE = 1;
  private static final int HEAD_BYTES = 5;
  private static final byte[] CLOCK = {0};

  /// What a change holds.
  enum Kind {
    WHOLE,
    DIFFERENCE
  }

  static byte[] clock() {
    return CLOCK.clone();
  }

  static boolean isClock(byte[] key) {
    return key.length == 1 && key[0] == 0;
  }

  byte[] bytes() {
    byte[] name = block.getBytes(StandardCharsets.UTF_8);
    byte[] key = new byte[HEAD_BYTES + name.length];
    key[0] = CHANGE;
    key[1] = (byte) slot;
    key[2] = (byte) kind.ordinal();
    key[3] = (byte) (sequence >>> 8);
    key[4] = (byte) sequence;
    System.arraycopy(name, 0, key, HEAD_BYTES, name.length);
    return key;
  }

  static ChangeKey of(byte[] key) {
    if (key.length < HEAD_BYTES || key[0] != CHANGE) {
      throw new IllegalStateException("changelog: unknown key of " + key.length + " bytes");
    }
    return new ChangeKey(
        key[1] & 0xFF,
        Kind.values()[key[2]],
        (key[3] & 0xFF) << 8 | key[4] & 0xFF,
        new String(key, HEAD_BYTES, key.length - HEAD_BYTES, StandardCharsets.UTF_8));
  }
}
