package dev.steerage.index.aeron;

import dev.steerage.index.IdleProfile;
import dev.steerage.index.IndexException;
import io.aeron.CommonContext;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A media driver in this process, on one thread; [#close] leaves no folder behind.
///
/// A lock beside the folder tells a folder that a killed process left (it is cleared at once) from
/// one that is in use (it is refused).
public final class EmbeddedDriver implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDriver.class);
  private static final int IPC_TERM_BYTES = 4 * 1024 * 1024;
  private static final int UDP_TERM_BYTES = 4 * 1024 * 1024;
  private static final long DRIVER_TIMEOUT_MS = TimeUnit.SECONDS.toMillis(10);
  // Two busy cores can keep a healthy client from its keep-alive for more than the usual 10 s.
  private static final long CLIENT_LIVENESS_NS = TimeUnit.SECONDS.toNanos(20);
  private static final long UNBLOCK_NS = TimeUnit.SECONDS.toNanos(30);

  // An index that does not read while others do is left behind after this long, and may come back
  // after as long.
  private static final long UNTETHERED_NS = TimeUnit.SECONDS.toNanos(2);

  private final MediaDriver driver;
  private final FileChannel lockFile;
  private final Path lockPath;
  private boolean closed;

  private EmbeddedDriver(MediaDriver driver, FileChannel lockFile, Path lockPath) {
    this.driver = driver;
    this.lockFile = lockFile;
    this.lockPath = lockPath;
  }

  /// Starts a driver.
  ///
  /// @throws IndexException if the folder is in use by a live driver
  public static EmbeddedDriver launch(Path directory, IdleProfile idle) {
    Path lockPath = directory.resolveSibling(directory.getFileName() + ".lock");
    boolean ours = Files.exists(lockPath);
    FileChannel lockFile = lock(directory, lockPath);
    try {
      if (!ours && CommonContext.isDriverActive(directory.toFile(), DRIVER_TIMEOUT_MS, _ -> {})) {
        throw new IndexException("media driver is running already: directory=" + directory);
      }
      MediaDriver driver =
          MediaDriver.launchEmbedded(
              new MediaDriver.Context()
                  .aeronDirectoryName(directory.toString())
                  .dirDeleteOnStart(true)
                  .dirDeleteOnShutdown(true)
                  .warnIfDirectoryExists(false)
                  .threadingMode(ThreadingMode.SHARED)
                  .sharedIdleStrategy(idle.strategy())
                  .termBufferSparseFile(true)
                  .ipcTermBufferLength(IPC_TERM_BYTES)
                  .publicationTermBufferLength(UDP_TERM_BYTES)
                  .clientLivenessTimeoutNs(CLIENT_LIVENESS_NS)
                  .publicationUnblockTimeoutNs(UNBLOCK_NS)
                  .untetheredWindowLimitTimeoutNs(UNTETHERED_NS)
                  .untetheredRestingTimeoutNs(UNTETHERED_NS)
                  .errorHandler(EmbeddedDriver::onError));
      return new EmbeddedDriver(driver, lockFile, lockPath);
    } catch (RuntimeException e) {
      release(lockFile, lockPath);
      throw e;
    }
  }

  private static void onError(Throwable error) {
    LOG.atWarn().setCause(error).log("media driver reported an error");
  }

  private static FileChannel lock(Path directory, Path lockPath) {
    try {
      Files.createDirectories(lockPath.getParent());
      FileChannel channel =
          FileChannel.open(lockPath, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (tryLock(channel) == null) {
        channel.close();
        throw new IndexException(
            "media driver folder is in use by another index: directory=" + directory);
      }
      return channel;
    } catch (IOException e) {
      throw new IndexException("media driver folder cannot be used: directory=" + directory, e);
    }
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException heldInThisJvm) {
      return null;
    }
  }

  private static void release(FileChannel lockFile, Path lockPath) {
    try {
      // Removed before it is released: whoever opens the path next gets a new file.
      Files.deleteIfExists(lockPath);
      lockFile.close();
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("file", lockPath).setCause(e).log("lock was not removed");
    }
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    driver.close();
    release(lockFile, lockPath);
  }
}
