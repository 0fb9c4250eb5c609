package dev.steerage.broker.tenant;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Passwords of principals, each as a file of client properties that only its owner can read:
/// `acme.app.properties` is all that a client of this principal needs besides the address.
public final class Secrets {
  private static final int BYTES = 32;
  private static final String JAAS = "sasl.jaas.config";
  private static final Pattern PASSWORD = Pattern.compile("password=\"([^\"]+)\"");

  private final Path folder;
  private final SecureRandom random = new SecureRandom();

  public Secrets(Path folder) {
    this.folder = folder;
  }

  /// The file of a principal.
  public Path file(String user) {
    return folder.resolve(user + ".properties");
  }

  /// Makes a new password and writes its file.
  public String renew(String user) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    String password = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    StringBuilder text = new StringBuilder();
    client(user, password)
        .forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
    write(file(user), text.toString());
    return password;
  }

  /// The password of a principal, if it was made here.
  public Optional<String> find(String user) {
    if (!Files.exists(file(user))) {
      return Optional.empty();
    }
    var properties = new Properties();
    try (var in = Files.newBufferedReader(file(user), StandardCharsets.UTF_8)) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("file cannot be read: " + file(user), e);
    }
    Matcher password = PASSWORD.matcher(properties.getProperty(JAAS, ""));
    return password.find() ? Optional.of(password.group(1)) : Optional.empty();
  }

  /// Forgets a principal.
  public void remove(String user) {
    try {
      Files.deleteIfExists(file(user));
    } catch (IOException e) {
      throw new UncheckedIOException("file cannot be deleted: " + file(user), e);
    }
  }

  /// What a Kafka client needs to be this principal.
  public static Map<String, String> client(String user, String password) {
    Map<String, String> client = new LinkedHashMap<>();
    client.put("security.protocol", "SASL_PLAINTEXT");
    client.put("sasl.mechanism", "SCRAM-SHA-256");
    client.put(
        JAAS,
        "org.apache.kafka.common.security.scram.ScramLoginModule required username=\""
            + user
            + "\" password=\""
            + password
            + "\";");
    return client;
  }

  /// A new file in a folder that only its owner can read.
  public static Path ownersOnly(Path folder) throws IOException {
    return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? Files.createTempFile(
            folder,
            "secret",
            ".properties",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
        : Files.createTempFile(folder, "secret", ".properties");
  }

  private void write(Path file, String text) {
    try {
      Files.createDirectories(folder);
      Path next = ownersOnly(folder);
      Files.writeString(next, text);
      Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("file cannot be written: " + file, e);
    }
  }
}
