package dev.steerage.schemas.sbe;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;

/// Steps over the parts of a message before anything is read from it, so that no length in the
/// bytes is believed. After a step that does not fit, [#reason] is set and every later step is a
/// no-op.
final class Walk {
  private static final int GROUP_HEADER = 4;
  private static final int TEXT_HEADER = 2;
  private static final int BYTES_HEADER = 4;

  private DirectBuffer buffer;
  private int limit;
  private int at;
  private String reason;

  void start(DirectBuffer newBuffer, int offset, int length) {
    buffer = newBuffer;
    at = offset;
    limit = offset + length;
    reason = null;
    if (offset < 0 || length < 0 || limit < offset || limit > newBuffer.capacity()) {
      reason = "frame outside its buffer";
    }
  }

  String reason() {
    return reason;
  }

  void fail(String why) {
    if (reason == null) {
      reason = why;
    }
  }

  int position() {
    return at;
  }

  boolean isIntact() {
    return reason == null;
  }

  void skip(String part, long bytes) {
    if (reason == null) {
      if (bytes < 0 || bytes > limit - at) {
        reason = "truncated: " + part;
      } else {
        at += (int) bytes;
      }
    }
  }

  /// Steps over the dimensions of a group; the number of its entries, or 0.
  int group(String part, int minBlockLength) {
    int dimensions = at;
    skip(part, GROUP_HEADER);
    if (reason != null) {
      return 0;
    }
    int blockLength = buffer.getShort(dimensions, ByteOrder.LITTLE_ENDIAN) & 0xFFFF;
    if (blockLength < minBlockLength) {
      reason = "block length: " + part;
      return 0;
    }
    return buffer.getShort(dimensions + 2, ByteOrder.LITTLE_ENDIAN) & 0xFFFF;
  }

  /// The block length of the group whose dimensions lie at `dimensions`.
  int blockLength(int dimensions) {
    return buffer.getShort(dimensions, ByteOrder.LITTLE_ENDIAN) & 0xFFFF;
  }

  /// Steps over a text; its length, or 0.
  int text(String part) {
    int header = at;
    skip(part, TEXT_HEADER);
    int length = reason == null ? buffer.getShort(header, ByteOrder.LITTLE_ENDIAN) & 0xFFFF : 0;
    skip(part, length);
    return length;
  }

  /// Steps over bytes; their length, or 0.
  int bytes(String part) {
    int header = at;
    skip(part, BYTES_HEADER);
    int length = reason == null ? buffer.getInt(header, ByteOrder.LITTLE_ENDIAN) : 0;
    skip(part, length);
    return reason == null ? length : 0;
  }

  void end() {
    if (reason == null && at != limit) {
      reason = "bytes after the message";
    }
  }
}
