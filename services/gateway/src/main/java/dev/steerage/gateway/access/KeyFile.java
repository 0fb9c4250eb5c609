package dev.steerage.gateway.access;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.gateway.GatewayException;
import dev.steerage.schemas.json.BadJson;
import dev.steerage.schemas.json.Json;
import dev.steerage.schemas.json.JsonIn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A file of API keys, hashed. A key is `stg_<id>_<secret>`. Thread-safe; a change by another
/// process is seen within a second.
public final class KeyFile {
  private static final String PREFIX = "stg_";
  private static final int SECRET_BYTES = 32;
  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_KEYS = 1_000;
  private static final long LOOK_NS = TimeUnit.SECONDS.toNanos(1);
  private static final byte[] NOBODY = new byte[SECRET_BYTES];

  private final Path file;
  private List<ApiKey> keys;
  private FileTime read;
  private long nextLookNs;

  private KeyFile(Path file) {
    this.file = file;
    this.keys = List.of();
    reload();
  }

  /// The keys of a file; none where it is not there yet.
  ///
  /// @throws GatewayException if the file is no key file
  public static KeyFile open(Path file) {
    return new KeyFile(file);
  }

  /// The keys there are.
  public synchronized List<ApiKey> keys() {
    return keys;
  }

  /// Who holds a key, if anybody does. The secret is compared in constant time.
  public Optional<ApiKey> find(String key) {
    String[] parts = key.split("_", 3);
    boolean isKey = parts.length == 3 && key.startsWith(PREFIX);
    String id = isKey ? parts[1] : "";
    byte[] hash = hash(isKey ? parts[2] : key);
    ApiKey known = ofId(current(), id);
    if (known == null && isKey) {
      // Made a moment ago, perhaps.
      known = ofId(again(), id);
    }
    boolean equal = MessageDigest.isEqual(hash, known == null ? NOBODY : known.hash());
    return equal && known != null ? Optional.of(known) : Optional.empty();
  }

  private static ApiKey ofId(List<ApiKey> keys, String id) {
    ApiKey known = null;
    for (ApiKey candidate : keys) {
      if (candidate.id().equals(id)) {
        known = candidate;
      }
    }
    return known;
  }

  private synchronized List<ApiKey> again() {
    reload();
    return keys;
  }

  /// Makes a key and writes its hash; the key is returned once and kept nowhere.
  public synchronized String create(TenantId tenant, Role role, String name) {
    reload();
    if (keys.size() >= MAX_KEYS) {
      throw new GatewayException("file=" + file + ": keys=" + keys.size() + ", limit=" + MAX_KEYS);
    }
    var random = new SecureRandom();
    byte[] idBytes = new byte[6];
    byte[] secretBytes = new byte[SECRET_BYTES];
    random.nextBytes(idBytes);
    random.nextBytes(secretBytes);
    String id = HexFormat.of().formatHex(idBytes);
    String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(secretBytes);
    List<ApiKey> more = new ArrayList<>(keys);
    more.add(new ApiKey(id, tenant, role, name, hash(secret), Instant.now()));
    write(more);
    return PREFIX + id + "_" + secret;
  }

  /// Removes a key; whether there was one.
  public synchronized boolean revoke(String id) {
    reload();
    List<ApiKey> fewer = keys.stream().filter(key -> !key.id().equals(id)).toList();
    if (fewer.size() == keys.size()) {
      return false;
    }
    write(fewer);
    return true;
  }

  private synchronized List<ApiKey> current() {
    if (System.nanoTime() - nextLookNs >= 0) {
      reload();
    }
    return keys;
  }

  private void reload() {
    nextLookNs = System.nanoTime() + LOOK_NS;
    try {
      FileTime changed = Files.getLastModifiedTime(file);
      if (changed.equals(read)) {
        return;
      }
      JsonIn in = new JsonIn(Json.parse(Files.readAllBytes(file), MAX_BYTES));
      keys = List.copyOf(in.objects("keys", KeyFile::readKey));
      read = changed;
    } catch (NoSuchFileException e) {
      keys = List.of();
      read = null;
    } catch (IOException | BadJson | IllegalArgumentException e) {
      throw new GatewayException("file=" + file + " is no key file: " + e.getMessage(), e);
    }
  }

  private static ApiKey readKey(JsonIn in) {
    return new ApiKey(
        in.text("id"),
        new TenantId(in.text("tenant")),
        Role.ofWord(in.text("role")).orElseThrow(() -> new IllegalArgumentException("role")),
        in.text("name"),
        HexFormat.of().parseHex(in.text("sha256")),
        Instant.parse(in.text("createdAt")));
  }

  private void write(List<ApiKey> all) {
    byte[] bytes =
        Json.write(
            out ->
                out.allObjects(
                    "keys",
                    all,
                    (key, value) ->
                        key.text("id", value.id())
                            .text("tenant", value.tenant().name())
                            .text("role", value.role().word())
                            .text("name", value.name())
                            .text("sha256", HexFormat.of().formatHex(value.hash()))
                            .text("createdAt", value.createdAt().toString())));
    Path partial = file.resolveSibling(file.getFileName() + ".new");
    try {
      if (file.getParent() != null) {
        Files.createDirectories(file.getParent());
      }
      Files.deleteIfExists(partial);
      if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createFile(
            partial,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
      Files.write(partial, bytes);
      Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
      keys = List.copyOf(all);
      read = Files.getLastModifiedTime(file);
    } catch (IOException e) {
      throw new GatewayException("cannot write file=" + file + ": " + e, e);
    }
  }

  private static byte[] hash(String secret) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
