package dev.steerage.worker.benchmark;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/// Writes a checkpoint of random weights: the blocks of a 70M GPT-NeoX with a group of attention
/// codebooks at every layer, k = 8 of 10,000 per head, and a small vocabulary.
final class MadeModel {
  private static final int LAYERS = 6;
  private static final int WIDTH = 512;
  private static final int HEADS = 8;
  private static final int INNER = 4 * WIDTH;
  private static final int VOCABULARY = 2_000;
  private static final int POSITIONS = 48;
  private static final int CODES = 10_000;
  private static final int ACTIVE = 8;

  private final SplittableRandom random = new SplittableRandom(1);
  private final Map<String, int[]> tensors = new LinkedHashMap<>();

  private MadeModel() {}

  static Path write(Path folder) throws IOException {
    Files.createDirectories(folder);
    var model = new MadeModel();
    model.list();
    model.weights(folder.resolve("model.safetensors"));
    Files.writeString(folder.resolve("base_config.json"), base());
    Files.writeString(folder.resolve("config.json"), codebooks());
    Files.writeString(folder.resolve("vocab.json"), vocabulary());
    return folder;
  }

  private void list() {
    tensors.put("gpt_neox.embed_in.weight", new int[] {VOCABULARY, WIDTH});
    tensors.put("embed_out.weight", new int[] {VOCABULARY, WIDTH});
    norm("gpt_neox.final_layer_norm", WIDTH);
    for (int layer = 0; layer < LAYERS; layer++) {
      String at = "gpt_neox.layers." + layer + ".";
      norm(at + "input_layernorm", WIDTH);
      norm(at + "post_attention_layernorm", WIDTH);
      affine(at + "attention.query_key_value", 3 * WIDTH, WIDTH);
      affine(at + "attention.dense", WIDTH, WIDTH);
      affine(at + "mlp.dense_h_to_4h", INNER, WIDTH);
      affine(at + "mlp.dense_4h_to_h", WIDTH, INNER);
      for (int head = 0; head < HEADS; head++) {
        String codebook = at + "attention.codebook_layer.codebook." + head + ".";
        tensors.put(codebook + "codebook.weight", new int[] {CODES, WIDTH / HEADS});
        norm(codebook + "ln", WIDTH / HEADS);
      }
    }
  }

  private void norm(String name, int width) {
    tensors.put(name + ".weight", new int[] {width});
    tensors.put(name + ".bias", new int[] {width});
  }

  private void affine(String name, int rows, int columns) {
    tensors.put(name + ".weight", new int[] {rows, columns});
    tensors.put(name + ".bias", new int[] {rows});
  }

  private void weights(Path file) throws IOException {
    StringBuilder header = new StringBuilder("{");
    long at = 0;
    for (var tensor : tensors.entrySet()) {
      long end = at + 4L * size(tensor.getValue());
      StringBuilder shape = new StringBuilder();
      for (int side : tensor.getValue()) {
        shape.append(shape.isEmpty() ? "" : ",").append(side);
      }
      header.append(header.length() == 1 ? "" : ",");
      header.append("\"model.").append(tensor.getKey());
      header.append("\":{\"dtype\":\"F32\",\"shape\":[").append(shape);
      header.append("],\"data_offsets\":[").append(at).append(',').append(end).append("]}");
      at = end;
    }
    header.append('}');
    header.append(" ".repeat((8 - header.length() % 8) % 8));
    try (var out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 20))) {
      out.writeLong(Long.reverseBytes(header.length()));
      out.write(header.toString().getBytes(StandardCharsets.US_ASCII));
      for (var tensor : tensors.entrySet()) {
        out.write(values(tensor.getKey(), size(tensor.getValue())));
      }
    }
  }

  /// Gains of 1, no offsets, codes of spread 1; elsewhere what keeps activations of order 1.
  private byte[] values(String name, int size) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * size).order(ByteOrder.LITTLE_ENDIAN);
    boolean isNorm = name.contains("norm") || name.contains(".ln.");
    double spread = name.endsWith("codebook.weight") ? 1 : isNorm || isBias(name) ? 0 : 0.04;
    float middle = isNorm && !isBias(name) ? 1 : 0;
    for (int i = 0; i < size; i++) {
      bytes.putFloat(spread == 0 ? middle : (float) (random.nextDouble(-2, 2) * spread));
    }
    return bytes.array();
  }

  private static boolean isBias(String name) {
    return name.endsWith("bias");
  }

  private static int size(int[] shape) {
    int size = 1;
    for (int side : shape) {
      size *= side;
    }
    return size;
  }

  private static String base() {
    return """
    {"model_type": "gpt_neox", "vocab_size": %d, "max_position_embeddings": %d,
     "hidden_size": %d, "num_hidden_layers": %d, "num_attention_heads": %d,
     "intermediate_size": %d, "rotary_pct": 0.25, "rotary_emb_base": 10000,
     "hidden_act": "gelu", "layer_norm_eps": 1e-05, "use_parallel_residual": true,
     "bos_token_id": 0, "eos_token_id": 0, "tie_word_embeddings": false}
    """
        .formatted(VOCABULARY, POSITIONS, WIDTH, LAYERS, HEADS, INNER);
  }

  private static String codebooks() {
    StringBuilder layers = new StringBuilder();
    for (int layer = 0; layer < LAYERS; layer++) {
      layers.append(layer == 0 ? "" : ", ").append(layer);
    }
    return """
    {"model_type": "codebook", "codebook_at": ["attn_preproj"], "codebook_type": ["group"],
     "num_codes": [%d], "num_codebooks": [%d], "k_codebook": [%d], "layers_to_snap": [%s],
     "similarity_metric": "inner_product", "loss": "aeloss", "codebook_kwargs": {}}
    """
        .formatted(CODES, HEADS, ACTIVE, layers);
  }

  /// One character per token, from a place without surrogates or quotes.
  private static String vocabulary() {
    StringBuilder vocabulary = new StringBuilder("{\"<|endoftext|>\": 0");
    for (int id = 1; id < VOCABULARY; id++) {
      vocabulary.append(", \"").append((char) (0x4E00 + id)).append("\": ").append(id);
    }
    return vocabulary.append('}').toString();
  }
}
