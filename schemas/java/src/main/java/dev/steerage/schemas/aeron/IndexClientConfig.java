package dev.steerage.schemas.aeron;

import java.nio.file.Path;
import java.time.Duration;

/// How a client reaches the code index.
///
/// @param aeronDirectory folder of a media driver that runs on this host
/// @param channel the index's channel, as in [IndexStreams#DEFAULT_CHANNEL]
/// @param timeout longest wait for one answer, connecting included
/// @param keys by which it proves for whom it speaks
public record IndexClientConfig(
    Path aeronDirectory, String channel, Duration timeout, TenantKeys keys) {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  public IndexClientConfig {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout=" + timeout + ", expected > 0");
    }
  }

  /// The index of this host.
  public static IndexClientConfig of(Path aeronDirectory) {
    return new IndexClientConfig(
        aeronDirectory, IndexStreams.DEFAULT_CHANNEL, TIMEOUT, TenantKeys.NONE);
  }

  /// The same with another channel.
  public IndexClientConfig withChannel(String other) {
    return new IndexClientConfig(aeronDirectory, other, timeout, keys);
  }

  /// The same with another timeout.
  public IndexClientConfig withTimeout(Duration other) {
    return new IndexClientConfig(aeronDirectory, channel, other, keys);
  }

  /// The same with keys.
  public IndexClientConfig withKeys(TenantKeys others) {
    return new IndexClientConfig(aeronDirectory, channel, timeout, others);
  }
}
