package dev.steerage.schemas.topic;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// What an offset commit of a partition of [Topics#work] says beyond its low watermark: how far
/// records were taken, and which of them are not finished. Everything else below `taken` is.
///
/// The unfinished are listed, not the finished: they are as few as the queue and the batch hold,
/// while one long request can have any number of finished ones after it.
///
/// @param taken offset after the last record taken
/// @param unfinished offsets at or above the watermark and below `taken`, ascending
public record CommitMetadata(long taken, List<Long> unfinished) {
  private static final String VERSION = "1:";

  /// Bound of Kafka's `offset.metadata.max.bytes` at its default.
  public static final int BYTES_MAX = 4_096;

  public CommitMetadata {
    unfinished = List.copyOf(unfinished);
  }

  /// The offset to commit: nothing below it is unfinished.
  public long lowWatermark() {
    return unfinished.isEmpty() ? taken : unfinished.getFirst();
  }

  /// Text of at most [#BYTES_MAX] characters.
  public String encode() {
    var out = new ByteArrayOutputStream();
    long from = lowWatermark();
    writeVarint(out, taken - from);
    for (long offset : unfinished) {
      writeVarint(out, offset - from);
      from = offset;
    }
    String text =
        VERSION + Base64.getUrlEncoder().withoutPadding().encodeToString(out.toByteArray());
    if (text.length() > BYTES_MAX) {
      throw new IllegalStateException(
          "commit metadata: length=" + text.length() + ", limit=" + BYTES_MAX);
    }
    return text;
  }

  /// Reads what [#encode] wrote; text of any other kind means: nothing is known beyond `offset`.
  public static CommitMetadata decode(long offset, String text) {
    if (text == null || !text.startsWith(VERSION)) {
      return new CommitMetadata(offset, List.of());
    }
    byte[] bytes = Base64.getUrlDecoder().decode(text.substring(VERSION.length()));
    var unfinished = new ArrayList<Long>();
    int[] at = {0};
    long taken = offset + readVarint(bytes, at);
    long from = offset;
    while (at[0] < bytes.length) {
      from += readVarint(bytes, at);
      unfinished.add(from);
    }
    return new CommitMetadata(taken, unfinished);
  }

  private static void writeVarint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while (rest >= 0x80) {
      out.write((int) (rest & 0x7F | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private static long readVarint(byte[] bytes, int[] at) {
    long value = 0;
    for (int shift = 0; at[0] < bytes.length; shift += 7) {
      byte b = bytes[at[0]++];
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        break;
      }
    }
    return value;
  }
}
