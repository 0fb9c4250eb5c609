package dev.steerage.broker;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/// Properties of a Kafka client, from a file and an address.
public final class ClientFile {
  private ClientFile() {}

  /// @param file may be null
  public static Map<String, String> read(String bootstrap, Path file) {
    var properties = new Properties();
    if (file != null) {
      try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
        properties.load(reader);
      } catch (IOException e) {
        throw new UncheckedIOException("client properties cannot be read: file=" + file, e);
      }
    }
    var client = new HashMap<String, String>();
    properties.stringPropertyNames().forEach(key -> client.put(key, properties.getProperty(key)));
    client.put("bootstrap.servers", bootstrap);
    return client;
  }
}
