package dev.steerage.transformer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.steerage.transformer.checkpoint.TensorFiles.Pickler;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Torch files that nobody should load.
class HostileTorchFileTest {
  private static final Path PATH = Path.of("pytorch_model.bin");
  private static final int DIRECTORY_RECORD = 0x02014b50;

  @Test
  void shouldReadTheFileThatTheOtherTestsBreak() {
    TorchFile file = open(archive(pickle()));
    assertThat(file.names()).containsExactly("a");
    assertThat(file.tensor("a").shape()).containsExactly(2, 3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cos\nsystem\nX\u0002\u0000\u0000\u0000ls\u0085R.",
        "cposix\nsystem\n.",
        "c__builtin__\neval\n.",
        "cbuiltins\nexec\n.",
        "ctorch\nload\n.",
        "ctorch.serialization\n_load\n.",
        "ccollections\nCounter\n.",
      })
  void shouldRefuseEveryOtherGlobalBeforeItIsCalled(String pickle) {
    CheckpointException refused = refusal(archive(raw("\u0080\u0002" + pickle)));
    assertThat(refused.tensor()).isEqualTo("data.pkl");
    assertThat(refused.found()).startsWith("global ");
  }

  /// Every opcode of protocols 0 to 5 that no state dictionary needs.
  @Test
  void shouldRefuseEveryOtherOpcode() {
    String allowed = "\u0080c()}N\u0088\u0089KMJ\u008aXt\u0085\u0086\u0087qrhjQRsub.";
    int refused = 0;
    for (int opcode = 0; opcode < 256; opcode++) {
      if (allowed.indexOf(opcode) < 0) {
        byte[] pickle = {(byte) 0x80, 2, '}', (byte) opcode, 0, 0, 0, 0, '.'};
        assertThat(refusal(archive(pickle)).found())
            .isEqualTo("opcode 0x%02x at byte 3".formatted(opcode));
        refused++;
      }
    }
    assertThat(refused).isEqualTo(256 - allowed.length());
  }

  @ParameterizedTest
  @CsvSource({
    "'}.', '', ",
    "'', 'more bytes', ",
    "'K\u0001.', 'one dictionary', Whole",
    "'}}.', 'one dictionary', Dict",
    "'}.}', 'the end behind STOP', 1 bytes",
    "'.', '1 values', 0",
    "'t', 'a mark', none",
    "'h\u0007', 'a remembered value', none under 7",
    "'q\u0001', 'a value on the stack', none",
    "'}X\u00ff\u00ff\u00ff\u007f', 'a text of at most', 2147483647",
    "'}X\u00ff\u00ff\u00ff\u00ff', 'a text of at most', 4294967295",
    "'\u008a\u0009', 'at most 8 bytes', 9 bytes",
    "'}K\u0001K\u0001s.', 'text keys', Whole",
    "'}(K\u0001u.', 'pairs', Dict",
    "'K\u0001Q.', 'storage', Whole",
    "'ccollections\nOrderedDict\nK\u0001\u0085R.', 'a call that makes', ORDERED_DICT",
    "'ctorch\nFloatStorage\n)R.', 'a call that makes', FLOAT",
    "'\u0080\u0004.', 'protocol 2 or 3', protocol 4",
  })
  void shouldRefuseABrokenProgram(String pickle, String expected, String found) {
    CheckpointException refused = refusal(archive(raw("\u0080\u0002" + pickle)));
    if (expected.isEmpty()) {
      assertThat(refused).isNull();
    } else {
      assertThat(refused.expected()).contains(expected);
      assertThat(found == null || refused.found().contains(found)).as(refused.found()).isTrue();
    }
  }

  @Test
  void shouldRefuseATensorNamedTwice() {
    Pickler twice = new Pickler().header();
    twice.tensor("a", "FloatStorage", 0, 2, 3).tensor("a", "FloatStorage", 0, 2, 3);
    CheckpointException refused = refusal(archive(twice.end()));
    assertThat(refused.tensor()).isEqualTo("a");
    assertThat(refused.found()).isEqualTo("twice");
  }

  @ParameterizedTest
  @CsvSource({
    "FloatStorage, 7, 2, 3, storage archive/data/7",
    "FloatStorage, 0, 2, 4, storage of 32 bytes",
    "HalfStorage, 0, 2, 3, storage of 12 bytes",
    "FloatStorage, 0, -2, 3, storage of",
    "FloatStorage, 0, 65536, 65536, storage of 0 bytes",
    "FloatStorage, ../../x, 2, 3, storage archive/data/../../x",
  })
  void shouldRefuseAStorageThatIsNotThere(
      String type, String key, int rows, int columns, String expected) {
    Pickler pickle = new Pickler().header();
    if (key.length() == 1) {
      pickle.tensor("a", type, Long.parseLong(key), rows, columns);
    } else {
      byte[] bytes = new Pickler().tensor("a", type, 99_999_999_999_9L, rows, columns).bytes();
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      pickle.raw(
          text.replace("\u000c\u0000\u0000\u0000999999999999", "\u0007\u0000\u0000\u0000" + key));
    }
    CheckpointException refused = refusal(archive(pickle.end()));
    assertThat(refused.expected()).startsWith(expected);
  }

  @Test
  void shouldRefuseStridesThatLeadOutOfTheStorage() {
    Pickler pickle = new Pickler().header().text("a").raw("ctorch._utils\n_rebuild_tensor_v2\n((");
    pickle.text("storage").raw("ctorch\nFloatStorage\n").text("0").text("cpu").whole(6);
    pickle.raw("tQ").whole(0).raw("(").whole(2).whole(3).raw("t(").whole(1 << 30).whole(1);
    byte[] bytes = pickle.raw("t\u0089ccollections\nOrderedDict\n)RtR").end();
    assertThat(refusal(archive(bytes)).expected()).isEqualTo("elements below 6");
  }

  @Test
  void shouldReadRowsThatAreStoredAsColumnsAndRefuseElementsThatRepeat() {
    Pickler pickle = new Pickler().header();
    strided(pickle, "columns", 2, 3, 1, 2);
    strided(pickle, "repeated", 3, 3, 0, 1);
    TorchFile file = open(archive(pickle.end()));
    MemorySegment values =
        file.tensor("columns").floats(Arena.ofAuto(), LoadObserver.refusing(), 2, 3);
    assertThat(values.toArray(java.lang.foreign.ValueLayout.JAVA_FLOAT))
        .containsExactly(0, 2, 4, 1, 3, 5);
    CheckpointException refused =
        catchThrowableOfType(
            CheckpointException.class,
            () -> file.tensor("repeated").floats(Arena.ofAuto(), LoadObserver.refusing(), 3, 3));
    assertThat(refused.expected()).isEqualTo("elements that are all stored");
  }

  @Test
  void shouldRefuseCompressedEntriesWhateverTheyInflateTo() {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("archive/data.pkl", pickle());
    entries.put("archive/data/0", new byte[10_000_000]);
    byte[] bomb = TensorFiles.zip(entries, true);
    assertThat(bomb.length).isLessThan(20_000);
    assertThat(refusal(bomb).found()).isEqualTo("method 8");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../data.pkl",
        "/archive/x",
        "archive/../../x",
        "archive\\x",
        "a b",
        "c:x",
        "\u00e9"
      })
  void shouldRefuseNamesThatLeadOutOfTheArchive(String name) {
    Map<String, byte[]> entries = entries(pickle());
    entries.put(name, new byte[1]);
    assertThat(refusal(TensorFiles.zip(entries, false)).expected()).contains("names");
  }

  @Test
  void shouldRefuseTwoPickles() {
    Map<String, byte[]> entries = entries(pickle());
    entries.put("other/data.pkl", pickle());
    assertThat(refusal(TensorFiles.zip(entries, false)).found()).isEqualTo("2 in the archive");
  }

  @Test
  void shouldRefuseAByteOrderThatIsNotLittle() {
    Map<String, byte[]> entries = entries(pickle());
    entries.put("archive/byteorder", "big".getBytes(StandardCharsets.US_ASCII));
    assertThat(refusal(TensorFiles.zip(entries, false)).tensor()).isEqualTo("archive/byteorder");
  }

  @Test
  void shouldRefuseAPickleThatIsTooLong() {
    assertThat(refusal(archive(new byte[5 << 20])).expected()).isEqualTo("at most 4194304 bytes");
  }

  /// Fields of the first directory record, and of the end record.
  @ParameterizedTest
  @CsvSource({
    "8, 1, no encryption",
    "10, 8, a stored entry",
    "10, 99, a stored entry",
    "24, 1, stored bytes = bytes",
    "28, 65535, records within the directory",
    "30, 65535, records within the directory",
    "40, 40960, a plain entry",
    "42, 2147483647, a local header",
    "42, 4294967295, a local header",
    "42, 7, a local header",
    "-12, 0, a directory of",
    "-12, 65535, a zip64 locator",
    "-12, 999, at most",
    "-10, 2147483647, a directory before",
    "-6, 2147483647, a directory before",
    "-6, 4294967295, a zip64 locator",
    "-2, 1, the end of a zip archive",
  })
  void shouldRefuseADirectoryThatLies(int field, long value, String expected) {
    byte[] file = archive(pickle());
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int record = 0;
    while (bytes.getInt(record) != DIRECTORY_RECORD) {
      record++;
    }
    int at = field >= 0 ? record + field : file.length + field;
    if (field == 24 || field == 42 || field == -10 || field == -6) {
      bytes.putInt(at, (int) value);
    } else {
      bytes.putShort(at, (short) value);
    }
    assertThat(refusal(file).expected()).startsWith(expected);
  }

  @Test
  void shouldRefuseEntriesThatShareTheirBytes() {
    byte[] file = archive(pickle());
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int local = file.length;
    int record = 0;
    while (bytes.getInt(record) != DIRECTORY_RECORD) {
      record++;
    }
    // The first entry reaches over the second.
    int size = bytes.getInt(record + 24) + 40;
    bytes.putInt(record + 20, size).putInt(record + 24, size);
    assertThat(local).isEqualTo(file.length);
    assertThat(refusal(file).expected()).startsWith("entries that do not overlap");
  }

  @Test
  void shouldRefuseAFileCutShortAnywhere() {
    byte[] file = archive(pickle());
    for (int length = 0; length < file.length; length++) {
      assertThat(refusal(Arrays.copyOf(file, length))).as("%d bytes", length).isNotNull();
    }
  }

  private static void strided(Pickler pickle, String name, int rows, int columns, int... strides) {
    pickle.text(name).raw("ctorch._utils\n_rebuild_tensor_v2\n((");
    pickle.text("storage").raw("ctorch\nFloatStorage\n").text("0").text("cpu").whole(6);
    pickle.raw("tQ").whole(0).raw("(").whole(rows).whole(columns).raw("t(");
    pickle.whole(strides[0]).whole(strides[1]);
    pickle.raw("t\u0089ccollections\nOrderedDict\n)RtR");
  }

  private static byte[] pickle() {
    return new Pickler().header().tensor("a", "FloatStorage", 0, 2, 3).end();
  }

  private static byte[] raw(String latin) {
    return latin.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static Map<String, byte[]> entries(byte[] pickle) {
    ByteBuffer data = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 6; i++) {
      data.putFloat(i);
    }
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("archive/data.pkl", pickle);
    entries.put("archive/data/0", data.array());
    entries.put("archive/version", "3\n".getBytes(StandardCharsets.US_ASCII));
    return entries;
  }

  private static byte[] archive(byte[] pickle) {
    return TensorFiles.zip(entries(pickle), false);
  }

  private static TorchFile open(byte[] file) {
    MemorySegment whole = Arena.ofAuto().allocate(Math.max(1, file.length));
    MemorySegment.copy(file, 0, whole, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, file.length);
    return TorchFile.of(PATH, whole.asSlice(0, file.length));
  }

  private static CheckpointException refusal(byte[] file) {
    return catchThrowableOfType(CheckpointException.class, () -> open(file));
  }
}
