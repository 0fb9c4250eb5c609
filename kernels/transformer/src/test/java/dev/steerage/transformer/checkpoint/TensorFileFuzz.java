package dev.steerage.transformer.checkpoint;

import com.sun.management.ThreadMXBean;
import dev.steerage.transformer.TestModels;
import dev.steerage.transformer.checkpoint.TensorFiles.Values;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/// Mutates good files and reads them: each has to come out as tensors that lie inside the file, or
/// as a [CheckpointException], having allocated no more than a multiple of the file's size.
final class TensorFileFuzz {
  private static final int ALLOCATED_PER_BYTE = 200;
  private static final int ALLOCATED_ALWAYS = 1 << 20;
  private static final byte[][] WORDS = {
    "9223372036854775807".getBytes(StandardCharsets.UTF_8),
    "18446744073709551616".getBytes(StandardCharsets.UTF_8),
    "-1".getBytes(StandardCharsets.UTF_8),
    "1e9".getBytes(StandardCharsets.UTF_8),
    "[[[[[[[[".getBytes(StandardCharsets.UTF_8),
    "{\"a\":".getBytes(StandardCharsets.UTF_8),
    "null".getBytes(StandardCharsets.UTF_8),
    "\"F64\"".getBytes(StandardCharsets.UTF_8),
    "\"\\u0000\"".getBytes(StandardCharsets.UTF_8),
    "],\"data_offsets\":[0,0".getBytes(StandardCharsets.UTF_8),
    "cos\nsystem\n".getBytes(StandardCharsets.UTF_8),
    {(byte) 0x8a, (byte) 0xff},
    {'X', -1, -1, -1, 0x7f},
    {'(', '(', '(', '('},
    {'P', 'K', 5, 6},
    {'P', 'K', 6, 6},
    {'P', 'K', 6, 7},
    {-1, -1, -1, -1},
  };

  private static final int LARGE_ONE_IN = 100;
  private static final int REPORT_EVERY = 50_000;

  private final List<byte[]> seeds = new ArrayList<>();
  private final List<byte[]> large = new ArrayList<>();
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /// Off the heap, used again for every file: making and zeroing one took longer than reading it.
  private final MemorySegment place;

  /// Files that were read although they were changed.
  int read;

  int refused;

  TensorFileFuzz() throws IOException {
    for (String family : List.of("gpt2", "gpt_neox")) {
      Path folder = TestModels.golden(family);
      seeds.add(trimmed(Files.readAllBytes(folder.resolve("model.safetensors"))));
      seeds.add(small(folder.resolve("model.safetensors")));
      large.add(Files.readAllBytes(folder.resolve("codebook.bin")));
    }
    int longest =
        Stream.concat(seeds.stream(), large.stream()).mapToInt(seed -> seed.length).max().orElse(0);
    place = Arena.ofAuto().allocate(longest, 64);
  }

  /// @param files how many
  void run(long seed, int files) {
    long started = System.nanoTime();
    for (int i = 0; i < files; i++) {
      if (i > 0 && i % REPORT_EVERY == 0) {
        System.out.printf(
            "fuzz: files=%d, read=%d, refused=%d, seconds=%d%n",
            i, read, refused, (System.nanoTime() - started) / 1_000_000_000);
      }
      SplittableRandom random = new SplittableRandom(seed + i);
      byte[] file = mutated(random);
      long before = threads.getCurrentThreadAllocatedBytes();
      try {
        one(file);
        read++;
      } catch (CheckpointException e) {
        assert e.getMessage().contains("file=fuzz.") : e.getMessage();
        refused++;
      } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
        throw new AssertionError("seed=" + (seed + i) + ": " + e, e);
      }
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      long limit = ALLOCATED_ALWAYS + (long) ALLOCATED_PER_BYTE * file.length;
      if (allocated > limit) {
        throw new AssertionError(
            "seed=%d: %d bytes allocated for a file of %d"
                .formatted(seed + i, allocated, file.length));
      }
    }
  }

  private void one(byte[] file) {
    MemorySegment whole = place.asSlice(0, file.length);
    MemorySegment.copy(file, 0, whole, ValueLayout.JAVA_BYTE, 0, file.length);
    try (Arena arena = Arena.ofConfined()) {
      boolean isZip = ZipDirectory.isZip(whole);
      TensorFile read =
          isZip
              ? TorchFile.of(Path.of("fuzz.bin"), whole)
              : SafetensorsFile.of(Path.of("fuzz.safetensors"), whole);
      for (String name : read.names()) {
        StoredTensor tensor = read.tensor(name);
        assert tensor.data().byteSize() <= file.length;
        if (tensor.elements() > 0 && tensor.type() == TensorType.F32) {
          int[] shape = Arrays.stream(tensor.shape()).mapToInt(Math::toIntExact).toArray();
          tensor.floats(arena, new Counting(), shape);
        }
      }
    }
  }

  private byte[] mutated(SplittableRandom random) {
    List<byte[]> from = random.nextInt(LARGE_ONE_IN) == 0 ? large : seeds;
    byte[] file = from.get(random.nextInt(from.size())).clone();
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      // Most of what can be wrong is at the two ends.
      int near = random.nextInt(3) == 0 ? file.length : Math.min(file.length, 2_000);
      int at = random.nextBoolean() ? random.nextInt(near) : file.length - 1 - random.nextInt(near);
      switch (random.nextInt(5)) {
        case 0 -> file[at] = (byte) random.nextInt();
        case 1 -> file[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> {
          byte[] word = WORDS[random.nextInt(WORDS.length)];
          for (int b = 0; b < word.length && at + b < file.length; b++) {
            file[at + b] = word[b];
          }
        }
        case 3 -> {
          int length = Math.min(file.length - at, 1 + random.nextInt(64));
          System.arraycopy(file, random.nextInt(file.length - length + 1), file, at, length);
        }
        default -> file = Arrays.copyOf(file, Math.max(1, at));
      }
    }
    return file;
  }

  /// The header and no more of the body than the first tensors have.
  private static byte[] trimmed(byte[] file) {
    int header = Math.toIntExact(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong());
    byte[] json = Arrays.copyOfRange(file, 8, 8 + header);
    String text = new String(json, StandardCharsets.UTF_8);
    int from = text.indexOf("\"data_offsets\":[", text.length() / 8);
    int end = text.indexOf("]}", from) + 2;
    int body =
        Integer.parseInt(text.substring(text.lastIndexOf(',', end - 3) + 1, end - 2).strip());
    byte[] cut = (text.substring(0, end) + "}").getBytes(StandardCharsets.UTF_8);
    ByteBuffer whole = ByteBuffer.allocate(8 + cut.length + body).order(ByteOrder.LITTLE_ENDIAN);
    return whole.putLong(cut.length).put(cut).put(file, 8 + header, body).array();
  }

  /// A torch file of few tensors.
  private static byte[] small(Path tensors) throws IOException {
    Map<String, Values> few = new LinkedHashMap<>();
    TensorFiles.read(tensors).entrySet().stream()
        .filter(tensor -> tensor.getValue().values().length <= 96)
        .limit(8)
        .forEach(tensor -> few.put(tensor.getKey(), tensor.getValue()));
    Path file = Files.createTempFile("fuzz", ".bin");
    try {
      TensorFiles.torch(file, few, "F32");
      return Files.readAllBytes(file);
    } finally {
      Files.delete(file);
    }
  }

  private static final class Counting implements LoadObserver {
    @Override
    public void read(StoredTensor tensor) {}

    @Override
    public void notFinite(StoredTensor tensor, long element, float value) {}
  }
}
