package dev.steerage.transformer.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/// A folder with the names and shapes of the authors' `pythia410m_wikitext_attn_codebook_model`, as
/// their wrapper writes them, and random values.
final class LargeCheckpoint {
  static final long TENSOR_BYTES = 2_705_236_736L;
  static final int LAYERS = 24;
  static final int HEADS = 16;
  private static final int WIDTH = 1024;
  private static final int INNER = 4096;
  private static final int VOCABULARY = 50_304;
  private static final int POSITIONS = 2048;
  private static final int CODES = 10_000;
  private static final int BLOCK_FLOATS = 4 << 20;

  private final Map<String, Shape> tensors = new LinkedHashMap<>();

  private record Shape(String dtype, int... sizes) {
    long bytes() {
      long count = Arrays.stream(sizes).asLongStream().reduce(1, (a, b) -> a * b);
      return count * (dtype.equals("BOOL") ? 1 : 4);
    }
  }

  private LargeCheckpoint() {
    add("gpt_neox.embed_in.weight", VOCABULARY, WIDTH);
    for (int layer = 0; layer < LAYERS; layer++) {
      String at = "gpt_neox.layers." + layer;
      norm(at + ".input_layernorm", WIDTH);
      norm(at + ".post_attention_layernorm", WIDTH);
      tensors.put("model." + at + ".attention.bias", new Shape("BOOL", 1, 1, POSITIONS, POSITIONS));
      add(at + ".attention.rotary_emb.inv_freq", 8);
      linear(at + ".attention.query_key_value", 3 * WIDTH, WIDTH);
      linear(at + ".attention.dense", WIDTH, WIDTH);
      for (int i = 0; i < HEADS; i++) {
        String codebook = at + ".attention.codebook_layer.codebook." + i;
        add(codebook + ".codebook.weight", CODES, WIDTH / HEADS);
        norm(codebook + ".ln", WIDTH / HEADS);
      }
      linear(at + ".mlp.dense_h_to_4h", INNER, WIDTH);
      linear(at + ".mlp.dense_4h_to_h", WIDTH, INNER);
    }
    norm("gpt_neox.final_layer_norm", WIDTH);
    add("embed_out.weight", VOCABULARY, WIDTH);
  }

  /// Writes config, base config and `model.safetensors`.
  static void write(Path folder) throws IOException {
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"architectures": ["GPTNeoXCodebookModel"], "model_type": "codebook",
         "codebook_at": "attn_preproj", "codebook_type": "group", "num_codebooks": 16,
         "k_codebook": 8, "num_codes": 10000, "layers_to_snap": "all", "loss": "aeloss",
         "similarity_metric": "inner_product", "transformers_version": "4.27.3"}
        """);
    Files.writeString(
        folder.resolve("base_config.json"),
        """
        {"model_type": "gpt_neox", "vocab_size": 50304, "hidden_size": 1024,
         "num_hidden_layers": 24, "num_attention_heads": 16, "intermediate_size": 4096,
         "max_position_embeddings": 2048, "rotary_pct": 0.25, "rotary_emb_base": 10000,
         "hidden_act": "gelu", "layer_norm_eps": 1e-05, "use_parallel_residual": true,
         "bos_token_id": 0, "eos_token_id": 0, "tie_word_embeddings": false}
        """);
    new LargeCheckpoint().writeTensors(folder.resolve("model.safetensors"));
  }

  private void writeTensors(Path file) throws IOException {
    StringBuilder header = new StringBuilder("{");
    long at = 0;
    for (Map.Entry<String, Shape> tensor : tensors.entrySet()) {
      header
          .append(at == 0 ? "" : ",")
          .append(
              "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                  .formatted(
                      tensor.getKey(),
                      tensor.getValue().dtype(),
                      Arrays.toString(tensor.getValue().sizes()),
                      at,
                      at + tensor.getValue().bytes()));
      at += tensor.getValue().bytes();
    }
    byte[] json = header.append("}").toString().getBytes(StandardCharsets.UTF_8);
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      write(out, ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).flip());
      write(out, ByteBuffer.wrap(json));
      ByteBuffer values = values();
      int number = 0;
      for (Shape shape : tensors.values()) {
        // Each tensor begins at another place of the block, so that no two are alike.
        int from = (int) (number++ * 1_000_003L * 4 % values.capacity());
        long left = shape.bytes();
        while (left > 0) {
          int count = (int) Math.min(left, values.capacity() - from);
          write(out, values.slice(from, count));
          left -= count;
          from = 0;
        }
      }
    }
  }

  private static ByteBuffer values() {
    SplittableRandom random = new SplittableRandom(1);
    ByteBuffer values = ByteBuffer.allocateDirect(4 * BLOCK_FLOATS).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < BLOCK_FLOATS; i++) {
      values.putFloat((float) (0.02 * random.nextGaussian()));
    }
    return values.flip();
  }

  private static void write(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  private void linear(String name, int out, int in) {
    add(name + ".weight", out, in);
    add(name + ".bias", out);
  }

  private void norm(String name, int width) {
    add(name + ".weight", width);
    add(name + ".bias", width);
  }

  private void add(String name, int... sizes) {
    tensors.put("model." + name, new Shape("F32", sizes));
  }
}
