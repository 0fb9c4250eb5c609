package dev.steerage.schemas.codec;

/// Bytes as they are: SBE frames, and records that nobody could read.
public enum RawCodec implements Codec<byte[]> {
  BYTES;

  @Override
  public byte[] encode(byte[] value) {
    return value;
  }

  @Override
  public Decoded<byte[]> decode(byte[] bytes) {
    return Decoded.ok(bytes);
  }
}
