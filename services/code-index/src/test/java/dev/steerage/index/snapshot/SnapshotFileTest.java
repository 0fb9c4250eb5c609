package dev.steerage.index.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.index.codec.Output;
import dev.steerage.index.snapshot.SnapshotFile.Unusable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotFileTest {
  @TempDir Path folder;
  private Path file;
  private byte[] whole;

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("index").resolve("snapshot.bin");
    var content = new Output(16);
    for (int i = 0; i < 100; i++) {
      content.i32(i * i);
    }
    SnapshotFile.write(file, content);
    whole = Files.readAllBytes(file);
  }

  @Test
  void shouldReadWhatWasWritten() throws IOException, Unusable {
    var in = SnapshotFile.read(file);
    for (int i = 0; i < 100; i++) {
      assertThat(in.i32()).isEqualTo(i * i);
    }
    assertThat(file.getParent()).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void shouldRefuseEveryChangedByte() throws IOException {
    for (int at = 0; at < whole.length; at++) {
      byte[] changed = whole.clone();
      changed[at] ^= 0x10;
      Files.write(file, changed);
      assertThatThrownBy(() -> SnapshotFile.read(file))
          .as("byte " + at)
          .isInstanceOf(Unusable.class);
    }
  }

  @Test
  void shouldRefuseEveryTruncation() throws IOException {
    for (int length = 0; length < whole.length; length += 7) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> SnapshotFile.read(file)).isInstanceOf(Unusable.class);
    }
    Files.write(file, Arrays.copyOf(whole, whole.length + 1));
    assertThatThrownBy(() -> SnapshotFile.read(file)).isInstanceOf(Unusable.class);
  }

  @Test
  void shouldNameAForeignVersion() throws IOException {
    whole[8] = 99;
    Files.write(file, whole);

    assertThatThrownBy(() -> SnapshotFile.read(file))
        .isInstanceOf(Unusable.class)
        .hasMessageContaining("version=99");
  }
}
