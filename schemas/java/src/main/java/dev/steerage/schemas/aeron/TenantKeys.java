package dev.steerage.schemas.aeron;

import dev.steerage.domain.tenant.TenantId;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Keys by which a client proves to the code index that it speaks for a tenant. Index and client
/// hold the same key; it never travels: a proof is a code over a number that the index chose for
/// this connection.
public final class TenantKeys {
  /// No keys: an index believes every name, a client proves nothing.
  public static final TenantKeys NONE = new TenantKeys(Map.of());

  /// Names the file of keys to clients of the index.
  public static final String VARIABLE = "STEERAGE_INDEX_KEYS";

  /// Shortest key.
  public static final int LEAST_CHARACTERS = 16;

  private static final String ALGORITHM = "HmacSHA256";
  private static final byte[] PURPOSE = "steerage-index-1".getBytes(StandardCharsets.UTF_8);

  private final Map<String, SecretKeySpec> keys = new HashMap<>();

  private TenantKeys(Map<String, String> keys) {
    keys.forEach(
        (tenant, key) -> {
          if (key.length() < LEAST_CHARACTERS) {
            // Never the key itself.
            throw new IllegalArgumentException(
                "key of tenant " + tenant + ": characters=" + key.length() + ", least=16");
          }
          String name = new TenantId(tenant).name();
          this.keys.put(name, new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), ALGORITHM));
        });
  }

  /// Keys by tenant.
  ///
  /// @throws IllegalArgumentException if a key is too short or a tenant has no such name
  public static TenantKeys of(Map<String, String> keys) {
    return new TenantKeys(keys);
  }

  /// Reads a properties file: a line `tenant=key` for each tenant.
  ///
  /// @throws IllegalArgumentException if it holds none, or one that is too short
  public static TenantKeys read(Path file) {
    var properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException e) {
      throw new UncheckedIOException("index keys: file=" + file, e);
    }
    if (properties.isEmpty()) {
      // An index that was given a file must not believe everybody because the file is empty.
      throw new IllegalArgumentException("index keys: no line 'tenant=key' in " + file);
    }
    Map<String, String> keys = new HashMap<>();
    properties.stringPropertyNames().forEach(name -> keys.put(name, properties.getProperty(name)));
    return new TenantKeys(keys);
  }

  /// Those of the file that [#VARIABLE] of the environment names; none without it.
  public static TenantKeys ofEnvironment() {
    String file = System.getenv(VARIABLE);
    return file == null || file.isBlank() ? NONE : read(Path.of(file));
  }

  /// Whether there are no keys at all.
  public boolean isEmpty() {
    return keys.isEmpty();
  }

  /// Tenants whose keys are here.
  public Set<String> tenants() {
    return Set.copyOf(keys.keySet());
  }

  /// The proof for a tenant; none without its key.
  public Optional<byte[]> proof(String tenant, byte[] challenge) {
    SecretKeySpec key = keys.get(tenant);
    return key == null ? Optional.empty() : Optional.of(proof(key, tenant, challenge));
  }

  private static byte[] proof(SecretKeySpec key, String tenant, byte[] challenge) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(PURPOSE);
      mac.update((byte) 0);
      mac.update(tenant.getBytes(StandardCharsets.UTF_8));
      mac.update((byte) 0);
      return mac.doFinal(challenge);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }

  /// Whether a proof holds; takes as long for a wrong one as for a right one.
  public boolean holds(String tenant, byte[] challenge, byte[] proof) {
    Optional<byte[]> expected = proof(tenant, challenge);
    return expected.isPresent() && MessageDigest.isEqual(expected.get(), proof);
  }
}
