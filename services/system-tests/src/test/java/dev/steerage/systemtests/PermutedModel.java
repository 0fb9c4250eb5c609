package dev.steerage.systemtests;

import dev.steerage.schemas.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Copies of a model that compute the same under other names: other code ids, or another automaton
/// because its digits have changed places.
final class PermutedModel {
  private static final String CODEBOOK = ".codebook.weight";
  private static final List<String> VOCABULARY =
      List.of("model.gpt_neox.embed_in.weight", "model.embed_out.weight");
  private static final int DIGITS = 10;

  private final Path folder;
  private final Random random;

  private PermutedModel(Path from, Path folder, long seed) {
    this.folder = folder;
    this.random = new Random(seed);
    try (Stream<Path> files = Files.list(from)) {
      Files.createDirectories(folder);
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("model cannot be copied: from=" + from, e);
    }
  }

  /// A copy whose codes have other ids at every site.
  static void otherCodes(Path from, Path folder, long seed) {
    var copy = new PermutedModel(from, folder, seed);
    copy.permuteRows(name -> name.endsWith(CODEBOOK) ? -1 : 0, List.of());
  }

  /// A copy that follows another automaton: what it did with one digit it does with another.
  static void otherLabels(Path from, Path folder, long seed) {
    var copy = new PermutedModel(from, folder, seed);
    List<Integer> digits = copy.shuffled(DIGITS);
    copy.permuteRows(name -> VOCABULARY.contains(name) ? DIGITS : 0, digits);
    copy.relabelAutomaton(digits);
  }

  /// Moves row `i` to `order[i]`.
  ///
  /// @param rows how many leading rows of a tensor to permute: 0 none, -1 all in an order of its
  ///   own
  private void permuteRows(ToIntFunction<String> rows, List<Integer> order) {
    Path file = folder.resolve("model.safetensors");
    try {
      byte[] bytes = Files.readAllBytes(file);
      ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      int header = Math.toIntExact(buffer.getLong(0));
      JsonNode tensors = Json.parse(Arrays.copyOfRange(bytes, 8, 8 + header), header);
      for (Map.Entry<String, JsonNode> tensor : tensors.properties()) {
        int count = rows.applyAsInt(tensor.getKey());
        if (count != 0) {
          int all = tensor.getValue().get("shape").get(0).asInt();
          List<Integer> to = count < 0 ? shuffled(all) : order;
          permute(bytes, 8 + header, tensor.getValue(), all, to);
        }
      }
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("weights cannot be changed: file=" + file, e);
    }
  }

  private static void permute(byte[] bytes, int data, JsonNode tensor, int rows, List<Integer> to) {
    int from = data + tensor.get("data_offsets").get(0).asInt();
    int end = data + tensor.get("data_offsets").get(1).asInt();
    byte[] before = Arrays.copyOfRange(bytes, from, end);
    int width = before.length / rows;
    for (int row = 0; row < to.size(); row++) {
      System.arraycopy(before, row * width, bytes, from + to.get(row) * width, width);
    }
  }

  private void relabelAutomaton(List<Integer> digits) {
    Path file = folder.resolve("automaton.json");
    try {
      JsonNode old = Json.parse(Files.readAllBytes(file), 1 << 20);
      List<List<Integer>> successors = new ArrayList<>();
      IntStream.range(0, DIGITS * DIGITS).forEach(_ -> successors.add(List.of()));
      for (int state = 0; state < successors.size(); state++) {
        List<Integer> next = new ArrayList<>();
        old.get("successors").get(state).forEach(to -> next.add(label(to.asInt(), digits)));
        Collections.sort(next);
        successors.set(label(state, digits), next);
      }
      Files.writeString(file, "{\"digits\": 2, \"successors\": " + successors + "}");
    } catch (IOException e) {
      throw new UncheckedIOException("automaton cannot be changed: file=" + file, e);
    }
  }

  private static int label(int state, List<Integer> digits) {
    return DIGITS * digits.get(state / DIGITS) + digits.get(state % DIGITS);
  }

  private List<Integer> shuffled(int count) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, count).boxed().toList());
    Collections.shuffle(order, random);
    return order;
  }
}
