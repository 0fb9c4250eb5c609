package dev.steerage.transformer.checkpoint;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Plain names of a checkpoint's tensors: without the `model.` in front and without the
/// `.module_layer` that the authors' wrapper puts after every wrapped module, so that nobody needs
/// to know which modules are wrapped.
///
/// A codebook right inside a wrapped module belongs to a module that was replaced before it was
/// wrapped; its plain name says so with [#INNER].
final class TensorNames {
  /// As in `…attention.inner.codebook_layer`, where `…attention.codebook_layer` is the wrapper's.
  static final String INNER = ".inner";

  private static final String PREFIX = "model.";
  private static final String WRAPPED = ".module_layer";
  private static final String CODEBOOK = ".codebook_layer";

  /// How the trunk's tensors begin where a file holds the trunk alone.
  private static final Map<String, List<String>> BARE =
      Map.of(
          "transformer.", List.of("wte.", "wpe.", "h.", "ln_f."),
          "gpt_neox.", List.of("embed_in.", "layers.", "final_layer_norm."));

  private final TensorFile file;
  private final TreeMap<String, String> stored = new TreeMap<>();

  TensorNames(TensorFile file) {
    this.file = file;
    for (String name : file.names()) {
      String plain = plain(name);
      if (stored.put(plain, name) != null) {
        throw new CheckpointException(file.path(), name, "one tensor for " + plain, "two");
      }
    }
  }

  boolean has(String plain) {
    return stored.containsKey(plain);
  }

  Set<String> plain() {
    return stored.keySet();
  }

  String stored(String plain) {
    return stored.get(plain);
  }

  StoredTensor tensor(String plain) {
    String name = stored.get(plain);
    if (name == null) {
      throw new CheckpointException(
          file.path(), PREFIX + plain, "a tensor of this name", "no such tensor");
    }
    return file.tensor(name);
  }

  /// How many consecutive numbers, from 0 on, stand behind this beginning of a name.
  int count(String beginning) {
    int count = 0;
    while (hasAny(beginning + count + ".")) {
      count++;
    }
    return count;
  }

  boolean hasAny(String beginning) {
    String next = stored.ceilingKey(beginning);
    return next != null && next.startsWith(beginning);
  }

  private static String plain(String name) {
    String plain = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
    plain = plain.replace(WRAPPED + CODEBOOK, INNER + CODEBOOK).replace(WRAPPED, "");
    for (Map.Entry<String, List<String>> trunk : BARE.entrySet()) {
      if (trunk.getValue().stream().anyMatch(plain::startsWith)) {
        return trunk.getKey() + plain;
      }
    }
    return plain;
  }
}
