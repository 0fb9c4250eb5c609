package dev.steerage.transformer.checkpoint;

import dev.steerage.domain.codebook.Component;
import dev.steerage.domain.codebook.Site;
import dev.steerage.ops.Backend;
import dev.steerage.ops.Floats;
import dev.steerage.ops.Team;
import dev.steerage.ops.linear.PackedLinear;
import dev.steerage.ops.linear.WeightType;
import dev.steerage.ops.snap.PackedCodebook;
import dev.steerage.ops.snap.Similarity;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.forward.CodebookGroup;
import dev.steerage.transformer.forward.Norm;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// Takes tensors out of a checkpoint by their plain names ([TensorNames]) and packs them. What was
/// packed is let go of in the mapped file, so that no weight is in memory twice.
final class WeightReader {
  static final float CODEBOOK_EPS = 1e-5f;

  /// Outputs that are turned at a time.
  private static final int OUTPUTS = 64;

  private final TensorFile file;
  private final TensorNames names;
  private final Backend backend;
  private final WeightType type;
  private final Arena arena;
  private final CodebookConfig codebooks;
  private final int heads;
  private final LoadObserver observer;
  private final Team team;
  private final TreeSet<String> left;
  private final List<CodebookSite> sites = new ArrayList<>();

  WeightReader(
      TensorFile file,
      TensorNames names,
      Backend backend,
      WeightType type,
      Arena arena,
      CodebookConfig codebooks,
      int heads,
      LoadObserver observer,
      Team team) {
    this.file = file;
    this.names = names;
    this.backend = backend;
    this.type = type;
    this.arena = arena;
    this.codebooks = codebooks;
    this.heads = heads;
    this.observer = observer;
    this.team = team;
    left = new TreeSet<>(names.plain());
  }

  boolean has(String name) {
    return names.has(name);
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
    return stored(name).floats(arena, observer, team, shape);
  }

  Norm norm(String name, int width, float eps) {
    return new Norm(tensor(name + ".weight", width), tensor(name + ".bias", width), eps);
  }

  /// A map stored as `[out, in]`.
  PackedLinear linear(String name, int out, int in, boolean bias) {
    StoredTensor stored = stored(name + ".weight");
    MemorySegment biasOrNull = bias ? tensor(name + ".bias", out) : null;
    try (Source source = new Source()) {
      MemorySegment weight = stored.floats(source.arena, observer, team, out, in);
      return pack(weight, biasOrNull, out, in);
    } finally {
      stored.unload();
    }
  }

  /// A map stored as `[in, out]` with a bias (the "Conv1D" of GPT-2).
  PackedLinear transposed(String name, int out, int in) {
    StoredTensor stored = stored(name + ".weight");
    try (Source source = new Source()) {
      MemorySegment columns = stored.floats(source.arena, observer, team, in, out);
      MemorySegment weight = source.arena.allocate((long) out * in * Float.BYTES, 64);
      team.each(
          (out + OUTPUTS - 1) / OUTPUTS,
          (part, place) -> {
            int first = part * OUTPUTS;
            int limit = Math.min(out, first + OUTPUTS);
            for (int i = 0; i < in; i++) {
              for (int o = first; o < limit; o++) {
                Floats.set(weight, (long) o * in + i, Floats.get(columns, (long) i * out + o));
              }
            }
          });
      return pack(weight, tensor(name + ".bias", out), out, in);
    } finally {
      stored.unload();
    }
  }

  /// Maps of equal shape without bias, stacked to one.
  PackedLinear stacked(List<String> parts, int out, int in) {
    long bytes = (long) out * in * Float.BYTES;
    try (Source source = new Source()) {
      MemorySegment weight = source.arena.allocate(parts.size() * bytes, 64);
      for (int i = 0; i < parts.size(); i++) {
        StoredTensor stored = stored(parts.get(i) + ".weight");
        MemorySegment part = stored.floats(source.arena, observer, team, out, in);
        MemorySegment.copy(part, 0, weight, i * bytes, bytes);
        stored.unload();
      }
      return pack(weight, null, parts.size() * out, in);
    }
  }

  /// Packs a map as the type of this model's weights.
  PackedLinear pack(MemorySegment weight, MemorySegment biasOrNull, int out, int in) {
    return backend.linear().pack(weight, biasOrNull, out, in, type, arena, team);
  }

  /// Where a weight lies as float32 until it is packed; for good where the backend goes on reading
  /// it.
  private final class Source implements AutoCloseable {
    private final boolean isKept = backend.linear().readsSource();
    private final Arena arena = isKept ? WeightReader.this.arena : Arena.ofShared();

    @Override
    public void close() {
      if (!isKept) {
        arena.close();
      }
    }
  }

  /// The codebooks at one place, or null where the config has none.
  ///
  /// @param module plain name of the module that the authors wrap for this place
  /// @param width elements of the activation
  CodebookGroup codebooks(int layer, Component component, String module, int width) {
    for (CodebookPlacement placement : codebooks.placements()) {
      if (placement.component() == component && codebooks.layers().get(layer)) {
        String inner = codebooks.isWrappedAgain(component) ? TensorNames.INNER : "";
        return group(layer, placement, module + inner + ".codebook_layer", width);
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
            file.path(), names.stored(name), "no tensor that the configs do not name", "one");
      }
    }
  }

  private CodebookGroup group(int layer, CodebookPlacement placement, String name, int width) {
    int size = placement.codebooks() == -1 ? heads : placement.codebooks();
    if (placement.component() == Component.QKV) {
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
    StoredTensor[] stored = new StoredTensor[size];
    for (int i = 0; i < size; i++) {
      String at = placement.group() ? name + ".codebook." + i : name;
      norms[i] = norm(at + ".ln", chunk, CODEBOOK_EPS);
      stored[i] = stored(at + ".codebook.weight");
      Site site = new Site(layer, placement.component(), placement.group() ? i : Site.NO_HEAD);
      sites.add(
          new CodebookSite(sites.size(), site, placement.codes(), placement.activeCodes(), chunk));
    }
    team.each(size, (i, place) -> packed[i] = codebook(stored[i], placement.codes(), chunk));
    return new CodebookGroup(first, chunk, placement.activeCodes(), norms, packed);
  }

  private PackedCodebook codebook(StoredTensor stored, int codes, int width) {
    MemorySegment values = stored.floats(arena, observer, codes, width);
    Similarity similarity = codebooks.euclidean() ? Similarity.EUCLIDEAN : Similarity.INNER_PRODUCT;
    PackedCodebook packed = backend.snap().pack(values, codes, width, similarity, arena);
    stored.unload();
    return packed;
  }

  private StoredTensor stored(String name) {
    StoredTensor stored = names.tensor(name);
    left.remove(name);
    observer.read(stored);
    return stored;
  }

  /// Masks and frequencies that some releases store beside the weights.
  private static boolean isBuffer(String name) {
    return name.endsWith(".attention.bias")
        || name.endsWith(".attn.bias")
        || name.endsWith(".masked_bias")
        || name.contains(".rotary_emb.");
  }
}
