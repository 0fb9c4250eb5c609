package dev.steerage.index.store;

import java.time.Duration;

/// How much the index holds. At each limit something old goes, and a counter says so.
///
/// @param countsBytes counts and tokens fired on; at the limit the model (of one tenant) that fired
///   longest ago is forgotten
/// @param requestBytes recent requests with their codes, the live overlay among them; at the limit
///   the request that moved longest ago is forgotten
/// @param contexts positions whose tokens are kept for contexts: half of them the last ones, of
///   which the oldest goes, half those that samples hold, of which the highest hashes go
/// @param contextsPerCode contexts of one code
/// @param tokensPerCode tokens that a code fired on
/// @param tokensBefore tokens of a context before the firing
/// @param tokensAfter tokens of a context after the firing
/// @param concepts concepts of one tenant; further ones are refused
/// @param overlayTtl how long a live position waits for its record before it is dropped
public record IndexLimits(
    long countsBytes,
    long requestBytes,
    int contexts,
    int contextsPerCode,
    int tokensPerCode,
    int tokensBefore,
    int tokensAfter,
    int concepts,
    Duration overlayTtl) {
  private static final long MIB = 1024 * 1024;

  public IndexLimits {
    atLeast("counts-bytes", countsBytes, MIB);
    atLeast("request-bytes", requestBytes, MIB / 16);
    atLeast("contexts", contexts, 16);
    atLeast("contexts-per-code", contextsPerCode, 1);
    atMost("contexts-per-code", contextsPerCode, 1_000);
    atLeast("tokens-per-code", tokensPerCode, 1);
    atMost("tokens-per-code", tokensPerCode, 64);
    atLeast("tokens-before", tokensBefore, 0);
    atMost("tokens-before", tokensBefore, 100);
    atLeast("tokens-after", tokensAfter, 0);
    atMost("tokens-after", tokensAfter, 100);
    atLeast("concepts", concepts, 1);
    atLeast("overlay-ttl-ms", overlayTtl.toMillis(), 1);
  }

  /// For a service with a heap of its own.
  public static IndexLimits defaults() {
    return new IndexLimits(
        128 * MIB, 32 * MIB, 262_144, 8, 6, 8, 3, 10_000, Duration.ofSeconds(30));
  }

  /// The same with other byte limits.
  public IndexLimits withBytes(long counts, long requests) {
    return new IndexLimits(
        counts,
        requests,
        contexts,
        contextsPerCode,
        tokensPerCode,
        tokensBefore,
        tokensAfter,
        concepts,
        overlayTtl);
  }

  /// The same with another number of contexts.
  public IndexLimits withContexts(int all, int perCode) {
    return new IndexLimits(
        countsBytes,
        requestBytes,
        all,
        perCode,
        tokensPerCode,
        tokensBefore,
        tokensAfter,
        concepts,
        overlayTtl);
  }

  /// The same with another time to live of the overlay.
  public IndexLimits withOverlayTtl(Duration ttl) {
    return new IndexLimits(
        countsBytes,
        requestBytes,
        contexts,
        contextsPerCode,
        tokensPerCode,
        tokensBefore,
        tokensAfter,
        concepts,
        ttl);
  }

  private static void atLeast(String name, long value, long limit) {
    if (value < limit) {
      throw new IllegalArgumentException("index limit: " + name + "=" + value + ", least=" + limit);
    }
  }

  private static void atMost(String name, long value, long limit) {
    if (value > limit) {
      throw new IllegalArgumentException("index limit: " + name + "=" + value + ", most=" + limit);
    }
  }
}
