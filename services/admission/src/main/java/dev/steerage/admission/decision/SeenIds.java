package dev.steerage.admission.decision;

import dev.steerage.domain.tenant.TenantId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The request ids of the last days, as hashes: per tenant, so that no tenant makes another's ids
/// be forgotten. The oldest are forgotten after the retention, or when a tenant has too many.
///
/// For one thread.
public final class SeenIds {
  private final int maxPerTenant;
  private final long retentionMs;
  private final Map<TenantId, LinkedHashMap<Hash, Original>> tenants = new HashMap<>();
  private long forgotten;

  /// @param maxPerTenant ids of one tenant; about 150 bytes each
  public SeenIds(int maxPerTenant, Duration retention) {
    this.maxPerTenant = maxPerTenant;
    this.retentionMs = retention.toMillis();
  }

  /// Where an id came from.
  ///
  /// @param body hash of what was asked
  public record Original(int partition, long offset, Hash body, long timestampMs) {}

  /// The first half of a SHA-256.
  public record Hash(long high, long low) {
    /// The hash of some bytes.
    public static Hash of(byte[] bytes) {
      try {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
        return new Hash(read(digest, 0), read(digest, 8));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JDK has SHA-256", e);
      }
    }

    private static long read(byte[] bytes, int from) {
      long value = 0;
      for (int i = from; i < from + 8; i++) {
        value = value << 8 | bytes[i] & 0xFF;
      }
      return value;
    }
  }

  /// Remembers an id unless it is known; the original of a known one.
  public Optional<Original> put(TenantId tenant, String request, Original original) {
    LinkedHashMap<Hash, Original> ids = tenants.computeIfAbsent(tenant, _ -> new LinkedHashMap<>());
    Hash id = Hash.of(request.getBytes(StandardCharsets.UTF_8));
    Original known = ids.get(id);
    if (known != null && original.timestampMs() - known.timestampMs() <= retentionMs) {
      return Optional.of(known);
    }
    // Again at the end, where the youngest are.
    ids.remove(id);
    ids.put(id, original);
    forget(ids, original.timestampMs());
    return Optional.empty();
  }

  private void forget(LinkedHashMap<Hash, Original> ids, long nowMs) {
    Iterator<Original> oldest = ids.values().iterator();
    while (oldest.hasNext()) {
      Original original = oldest.next();
      boolean expired = nowMs - original.timestampMs() > retentionMs;
      if (!expired && ids.size() <= maxPerTenant) {
        return;
      }
      oldest.remove();
      forgotten += expired ? 0 : 1;
    }
  }

  /// Ids remembered now.
  public int size() {
    return tenants.values().stream().mapToInt(Map::size).sum();
  }

  /// Ids forgotten before their time because a tenant had too many.
  public long forgotten() {
    return forgotten;
  }
}
