package dev.steerage.transformer.checkpoint;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A memory-mapped `pytorch_model.bin`: a zip archive of `<name>/data.pkl`, which says where
/// tensors lie, and `<name>/data/<key>`, their storages as raw little-endian bytes.
final class TorchFile implements TensorFile {
  /// Two thousand tensors take 300 KB.
  private static final long MAX_PICKLE_BYTES = 4 << 20;

  private static final String PICKLE = "data.pkl";

  private final Path path;
  private final Map<String, StoredTensor> tensors;

  private TorchFile(Path path, Map<String, StoredTensor> tensors) {
    this.path = path;
    this.tensors = tensors;
  }

  /// Maps a file into an arena, which has to outlive everything read from it.
  static TorchFile open(Path path, Arena arena) {
    return of(path, MappedFile.map(path, arena));
  }

  /// Reads the directory and the pickle of a file that is in memory.
  static TorchFile of(Path path, MemorySegment whole) {
    if (!ZipDirectory.isZip(whole)) {
      throw new CheckpointException(
          path, "", "a zip archive as torch 1.6 and later write it", "something else");
    }
    Map<String, MemorySegment> entries = ZipDirectory.read(path, whole);
    String root = root(path, entries.keySet());
    MemorySegment order = entries.get(root + "byteorder");
    if (order != null && !text(path, order).equals("little")) {
      throw new CheckpointException(path, root + "byteorder", "little", "something else");
    }
    MemorySegment pickle = entries.get(root + PICKLE);
    if (pickle.byteSize() > MAX_PICKLE_BYTES) {
      throw new CheckpointException(
          path,
          root + PICKLE,
          "at most " + MAX_PICKLE_BYTES + " bytes",
          pickle.byteSize() + " bytes");
    }
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    new TensorPickle(path, pickle.toArray(ValueLayout.JAVA_BYTE))
        .read()
        .forEach((name, value) -> tensors.put(name, stored(path, name, value, root, entries)));
    return new TorchFile(path, tensors);
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public List<Path> files() {
    return List.of(path);
  }

  @Override
  public StoredTensor tensor(String name) {
    StoredTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new CheckpointException(path, name, "a tensor of this name", "no such tensor");
    }
    return tensor;
  }

  private static String root(Path path, Set<String> names) {
    List<String> pickles =
        names.stream().filter(name -> name.matches("[^/]+/" + PICKLE.replace(".", "\\."))).toList();
    if (pickles.size() != 1) {
      throw new CheckpointException(
          path, "", "one <name>/" + PICKLE, pickles.size() + " in the archive");
    }
    String pickle = pickles.getFirst();
    return pickle.substring(0, pickle.length() - PICKLE.length());
  }

  private static String text(Path path, MemorySegment entry) {
    if (entry.byteSize() > 16) {
      throw new CheckpointException(
          path, "byteorder", "at most 16 bytes", entry.byteSize() + " bytes");
    }
    return new String(entry.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.US_ASCII).strip();
  }

  /// Every element that the tensor can reach has to lie in its storage, and the storage has to be
  /// as long as the pickle says.
  private static StoredTensor stored(
      Path path,
      String name,
      Pickled.Tensor tensor,
      String root,
      Map<String, MemorySegment> entries) {
    Pickled.Storage storage = tensor.storage();
    String key = root + "data/" + storage.key();
    MemorySegment data = entries.get(key);
    if (data == null) {
      throw new CheckpointException(path, name, "storage " + key, "no such entry");
    }
    long bytes = storage.type().bytes(path, name, new long[] {storage.elements()});
    if (storage.elements() < 0 || data.byteSize() != bytes) {
      throw new CheckpointException(
          path, name, "storage of " + bytes + " bytes", data.byteSize() + " bytes");
    }
    long[] shape = tensor.shape();
    storage.type().bytes(path, name, shape);
    long last = last(path, name, tensor);
    if (last >= storage.elements()) {
      throw new CheckpointException(
          path,
          name,
          "elements below " + storage.elements(),
          "offset " + tensor.offset() + ", shape " + Arrays.toString(shape));
    }
    int size = storage.type().bytes();
    long first = last < 0 ? 0 : tensor.offset();
    MemorySegment slice = data.asSlice(first * size, (last + 1 - first) * size);
    return new StoredTensor(path, name, storage.type(), shape, tensor.strides(), slice);
  }

  /// The highest element of the storage that the tensor reaches; -1 if it has none.
  private static long last(Path path, String name, Pickled.Tensor tensor) {
    long[] shape = tensor.shape();
    long[] strides = tensor.strides();
    boolean good = tensor.offset() >= 0 && shape.length == strides.length && shape.length <= 8;
    boolean empty = false;
    for (int i = 0; i < shape.length && good; i++) {
      good = shape[i] >= 0 && strides[i] >= 0;
      empty |= shape[i] == 0;
    }
    if (!good) {
      throw new CheckpointException(
          path,
          name,
          "an offset, sizes and strides >= 0 of at most 8 dimensions",
          tensor.offset() + ", " + shape.length + " sizes, " + strides.length + " strides");
    }
    if (empty) {
      return -1;
    }
    try {
      long last = tensor.offset();
      for (int i = 0; i < shape.length; i++) {
        last = Math.addExact(last, Math.multiplyExact(shape[i] - 1, strides[i]));
      }
      return last;
    } catch (ArithmeticException e) {
      throw new CheckpointException(
          path, name, "a shape of less than 2^63 bytes", Arrays.toString(shape), e);
    }
  }
}
