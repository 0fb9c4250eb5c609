package dev.steerage.schemas.aeron;

import io.aeron.CncFileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.concurrent.UnsafeBuffer;

/// Which media driver runs in a folder. A killed driver leaves its clients' streams as they were,
/// so this is how they notice its successor at once.
///
/// @param startedMs when it was started; 0: there is none
/// @param process id of its process
public record DriverIdentity(long startedMs, long process) {
  private static final DriverIdentity NONE = new DriverIdentity(0, 0);

  /// The driver that is there now.
  public static DriverIdentity of(Path directory) {
    ByteBuffer head = ByteBuffer.allocate(CncFileDescriptor.META_DATA_LENGTH);
    try (FileChannel control =
        FileChannel.open(directory.resolve(CncFileDescriptor.CNC_FILE), StandardOpenOption.READ)) {
      if (control.read(head, 0) < CncFileDescriptor.META_DATA_LENGTH) {
        return NONE;
      }
    } catch (IOException e) {
      return NONE;
    }
    var fields = new UnsafeBuffer(head);
    return new DriverIdentity(
        CncFileDescriptor.startTimestampMs(fields), CncFileDescriptor.pid(fields));
  }
}
