package dev.steerage.transformer.checkpoint;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the allowed opcodes of a pickle can make.
sealed interface Pickled {
  /// Names that a pickle may load; nothing is looked up outside this list.
  enum Global implements Pickled {
    ORDERED_DICT("collections", "OrderedDict", null),
    REBUILD_TENSOR("torch._utils", "_rebuild_tensor_v2", null),
    FLOAT("torch", "FloatStorage", TensorType.F32),
    HALF("torch", "HalfStorage", TensorType.F16),
    BRAIN("torch", "BFloat16Storage", TensorType.BF16),
    BOOL("torch", "BoolStorage", TensorType.BOOL),
    BYTE("torch", "ByteStorage", TensorType.U8),
    LONG("torch", "LongStorage", TensorType.I64);

    private final String module;
    private final String name;
    private final TensorType storage;

    Global(String module, String name, TensorType storage) {
      this.module = module;
      this.name = name;
      this.storage = storage;
    }

    boolean isNamed(String asked, String attribute) {
      return module.equals(asked) && name.equals(attribute);
    }

    /// Element type of a storage class, or null.
    TensorType storage() {
      return storage;
    }
  }

  /// None, and the mark that separates arguments.
  enum Atom implements Pickled {
    NONE,
    MARK
  }

  record Text(String value) implements Pickled {}

  record Whole(long value) implements Pickled {}

  record Flag(boolean value) implements Pickled {}

  record Tuple(List<Pickled> items) implements Pickled {}

  /// A dictionary with text keys; its map is made when the first pair comes.
  final class Dict implements Pickled {
    private Map<String, Pickled> pairs;

    /// @return false if the key is there already
    boolean put(String key, Pickled value) {
      pairs = pairs == null ? new LinkedHashMap<>() : pairs;
      return pairs.putIfAbsent(key, value) == null;
    }

    Map<String, Pickled> pairs() {
      return pairs == null ? Map.of() : pairs;
    }
  }

  /// @param key name of the archive's entry
  record Storage(TensorType type, String key, long elements) implements Pickled {}

  /// @param offset first element in the storage
  record Tensor(Storage storage, long offset, long[] shape, long[] strides) implements Pickled {}
}
