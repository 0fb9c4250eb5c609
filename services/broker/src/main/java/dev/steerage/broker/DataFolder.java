package dev.steerage.broker;

import dev.steerage.broker.tenant.Secrets;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.Uuid;

/// The broker's folder: the log, the cluster's id and the ports of the last start.
///
/// One process holds it at a time; a second one is refused before it can touch the log.
final class DataFolder implements AutoCloseable {

  private static final String CLIENT_PORT = "client-port";
  private static final String CONTROLLER_PORT = "controller-port";

  private final Path folder;
  private final FileChannel lockFile;

  private DataFolder(Path folder, FileChannel lockFile) {
    this.folder = folder;
    this.lockFile = lockFile;
  }

  static DataFolder open(Path folder) {
    try {
      Files.createDirectories(folder.resolve("log"));
      FileChannel channel =
          FileChannel.open(
              folder.resolve("broker.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (tryLock(channel) == null) {
        channel.close();
        throw new BrokerException("data folder in use by another broker: folder=" + folder);
      }
      return new DataFolder(folder, channel);
    } catch (IOException e) {
      throw new UncheckedIOException("data folder cannot be used: folder=" + folder, e);
    }
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException heldInThisJvm) {
      return null;
    }
  }

  Path log() {
    return folder.resolve("log");
  }

  /// Whether a broker has run on it.
  boolean isFormatted() {
    return Files.exists(log().resolve("meta.properties"));
  }

  /// Where the administrator's password is kept.
  Secrets secrets() {
    return new Secrets(folder.resolve("secrets"));
  }

  /// A formatted log refuses to start under another cluster id, so the old one is read back.
  String clusterId() {
    return read(log().resolve("meta.properties"))
        .map(properties -> properties.getProperty("cluster.id"))
        .orElseGet(() -> Uuid.randomUuid().toString());
  }

  Optional<Ports> lastPorts() {
    return read(portsFile())
        .map(
            properties ->
                new Ports(
                    Integer.parseInt(properties.getProperty(CLIENT_PORT)),
                    Integer.parseInt(properties.getProperty(CONTROLLER_PORT))));
  }

  void remember(Ports ports) {
    var properties = new Properties();
    properties.setProperty(CLIENT_PORT, Integer.toString(ports.client()));
    properties.setProperty(CONTROLLER_PORT, Integer.toString(ports.controller()));
    try (OutputStream out = Files.newOutputStream(portsFile())) {
      properties.store(out, "ports of the last start");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write file=" + portsFile(), e);
    }
  }

  private Path portsFile() {
    return folder.resolve("ports.properties");
  }

  private static Optional<Properties> read(Path file) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    var properties = new Properties();
    try (InputStream in = Files.newInputStream(file)) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read file=" + file, e);
    }
    return Optional.of(properties);
  }

  @Override
  public void close() {
    try {
      lockFile.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot release folder=" + folder, e);
    }
  }
}
