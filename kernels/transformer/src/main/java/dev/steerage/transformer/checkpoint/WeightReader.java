package dev.steerage.transformer.checkpoint;

import dev.steerage.domain.codebook.Component;
import dev.steerage.domain.codebook.Site;
import dev.steerage.ops.Backend;
import dev.steerage.ops.Floats;
import dev.steerage.ops.linear.PackedLinear;
import dev.steerage.ops.snap.PackedCodebook;
import dev.steerage.ops.snap.Similarity;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.forward.CodebookGroup;
import dev.steerage.transformer.forward.Norm;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Takes tensors out of a checkpoint by their plain names, that is without the `model.` in front
/// and without the `.module_layer` that the authors' wrapper puts after every wrapped module: so an
/// architecture need not know which of its modules are wrapped.
final class WeightReader {
  private static final String PREFIX = "model.";
  private static final String WRAPPED = ".module_layer";
  static final float CODEBOOK_EPS = 1e-5f;

  private final SafetensorsFile file;
  private final Backend backend;
  private final Arena arena;
  private final CodebookConfig codebooks;
  private final int heads;
  private final Map<String, String> storedNames = new HashMap<>();
  private final TreeSet<String> left;
  private final List<CodebookSite> sites = new ArrayList<>();

  WeightReader(
      SafetensorsFile file, Backend backend, Arena arena, CodebookConfig codebooks, int heads) {
    this.file = file;
    this.backend = backend;
    this.arena = arena;
    this.codebooks = codebooks;
    this.heads = heads;
    for (String stored : file.names()) {
      String plain = plain(stored);
      if (storedNames.put(plain, stored) != null) {
        throw new CheckpointException(file.path(), stored, "one tensor for " + plain, "two");
      }
    }
    left = new TreeSet<>(storedNames.keySet());
  }

  boolean has(String name) {
    return storedNames.containsKey(name);
  }

  Arena arena() {
    return arena;
  }

  Backend backend() {
    return backend;
  }

  /// Sites in the order in which the groups were read: block after block, [Component] order.
  List<CodebookSite> sites() {
    return sites;
  }

  MemorySegment tensor(String name, int... shape) {
    String stored = storedNames.get(name);
    if (stored == null) {
      throw new CheckpointException(
          file.path(), PREFIX + name, "a tensor of this name", "no such tensor");
    }
    left.remove(name);
    return file.floats(stored, shape);
  }

  Norm norm(String name, int width, float eps) {
    return new Norm(tensor(name + ".weight", width), tensor(name + ".bias", width), eps);
  }

  /// A map stored as `[out, in]`.
  PackedLinear linear(String name, int out, int in, boolean bias) {
    MemorySegment weight = tensor(name + ".weight", out, in);
    MemorySegment biasOrNull = bias ? tensor(name + ".bias", out) : null;
    return backend.linear().pack(weight, biasOrNull, out, in, arena);
  }

  /// A map stored as `[in, out]` with a bias (the "Conv1D" of GPT-2).
  PackedLinear transposed(String name, int out, int in) {
    MemorySegment stored = tensor(name + ".weight", in, out);
    MemorySegment weight = arena.allocate((long) out * in * Float.BYTES, 64);
    for (int i = 0; i < in; i++) {
      for (int o = 0; o < out; o++) {
        Floats.set(weight, (long) o * in + i, Floats.get(stored, (long) i * out + o));
      }
    }
    return backend.linear().pack(weight, tensor(name + ".bias", out), out, in, arena);
  }

  /// Maps of equal shape without bias, stacked to one.
  PackedLinear stacked(List<String> names, int out, int in) {
    long bytes = (long) out * in * Float.BYTES;
    MemorySegment weight = arena.allocate(names.size() * bytes, 64);
    for (int i = 0; i < names.size(); i++) {
      MemorySegment part = tensor(names.get(i) + ".weight", out, in);
      MemorySegment.copy(part, 0, weight, i * bytes, bytes);
    }
    return backend.linear().pack(weight, null, names.size() * out, in, arena);
  }

  /// The codebooks at one place, or null where the config has none.
  ///
  /// @param module plain name of the module that the authors wrap for this place
  /// @param width elements of the activation
  CodebookGroup codebooks(int layer, Component component, String module, int width) {
    for (CodebookPlacement placement : codebooks.placements()) {
      if (placement.component() == component && codebooks.layers().get(layer)) {
        return group(layer, placement, module + ".codebook_layer", width);
      }
    }
    return null;
  }

  /// Refuses tensors that nothing asked for: a codebook that the config does not name would
  /// silently not be applied.
  void finish() {
    for (String name : left) {
      if (!isBuffer(name)) {
        throw new CheckpointException(
            file.path(), storedNames.get(name), "no tensor that the configs do not name", "one");
      }
    }
  }

  private CodebookGroup group(int layer, CodebookPlacement placement, String name, int width) {
    int size = placement.codebooks() == -1 ? heads : placement.codebooks();
    if (placement.group() && placement.component() == Component.QKV) {
      size *= 3;
    }
    if (width % size != 0) {
      throw new CheckpointException(
          file.path(), name, "a group that divides width " + width, size + " codebooks");
    }
    int chunk = width / size;
    Norm[] norms = new Norm[size];
    PackedCodebook[] packed = new PackedCodebook[size];
    int first = sites.size();
    for (int i = 0; i < size; i++) {
      String at = placement.group() ? name + ".codebook." + i : name;
      norms[i] = norm(at + ".ln", chunk, CODEBOOK_EPS);
      packed[i] = codebook(at + ".codebook.weight", placement.codes(), chunk);
      Site site = new Site(layer, placement.component(), placement.group() ? i : Site.NO_HEAD);
      sites.add(
          new CodebookSite(sites.size(), site, placement.codes(), placement.activeCodes(), chunk));
    }
    return new CodebookGroup(first, chunk, placement.activeCodes(), norms, packed);
  }

  private PackedCodebook codebook(String name, int codes, int width) {
    MemorySegment values = tensor(name, codes, width);
    Similarity similarity = codebooks.euclidean() ? Similarity.EUCLIDEAN : Similarity.INNER_PRODUCT;
    return backend.snap().pack(values, codes, width, similarity, arena);
  }

  private static String plain(String stored) {
    String name = stored.startsWith(PREFIX) ? stored.substring(PREFIX.length()) : stored;
    return name.replace(WRAPPED, "");
  }

  /// Masks and frequencies that some releases store beside the weights.
  private static boolean isBuffer(String name) {
    return name.endsWith(".attention.bias")
        || name.endsWith(".attn.bias")
        || name.endsWith(".masked_bias")
        || name.contains(".rotary_emb.");
  }
}
