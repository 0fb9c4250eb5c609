package dev.steerage.transformer.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.codebook.Component;
import dev.steerage.ops.Backends;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.TestModels;
import dev.steerage.transformer.checkpoint.GoldenTensors;
import dev.steerage.transformer.checkpoint.TensorFiles;
import dev.steerage.transformer.checkpoint.TensorFiles.Values;
import dev.steerage.transformer.forward.PlainModel.Place;
import dev.steerage.transformer.intervention.Steering;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Codebooks at every place the config can name, in every architecture, residuals in parallel and
/// one after the other, against a second implementation and under the authors' tensor names.
class CodebookPlacesTest {
  private static final int[] TOKENS = {5, 61, 0, 17, 17, 42, 3, 28, 9};
  private static final int CODES = 20;
  private static final double CLEAR = 1e-3;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"gpt_neox", "gpt2", "gpt_neo"})
  void shouldAgreeWithTheGoldenVectorsAboutTheSecondImplementation(String family) {
    Map<Component, Place> places =
        Map.of(Component.ATTN, new Place(4, 50, 3), Component.MLP, new Place(1, 50, 5));
    Map<String, float[]> tensors = base(family);
    Map<String, Values> stored = TensorFiles.read(golden(family).resolve("model.safetensors"));
    AuthorsNames names = new AuthorsNames(family, places, List.of(0, 1));
    each(
        places,
        List.of(0, 1),
        (layer, component, i) -> {
          boolean isGroup = places.get(component).group() > 1;
          for (String part : List.of(".weight", ".ln.weight", ".ln.bias")) {
            String tensor = part.equals(".weight") ? "codebook.weight" : part.substring(1);
            Values values = stored.get(names.codebook(layer, component, i, isGroup, tensor));
            tensors.put(PlainModel.book(layer, component, i) + part, values.values());
          }
        });
    PlainModel plain = new PlainModel(family, tensors, places, List.of(0, 1), true, false);
    GoldenTensors expected = new GoldenTensors(golden(family).resolve("expected.safetensors"));
    double[] logits = plain.logits(IntStream.of(expected.ints("input_ids")).limit(14).toArray());
    float[] wanted = expected.floats("logits");
    for (int i = 0; i < logits.length; i++) {
      assertThat(logits[i]).isCloseTo(wanted[i], Offset.offset(2e-5));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gpt_neox, ATTN:4:3 MLP:1:5, 0 1, false, false",
    "gpt_neox, ATTN:1:2 MLP:4:2, 1, true, true",
    "gpt_neox, ATTN_OUT:1:2 MLP_MID:1:3, 0 1, true, false",
    "gpt_neox, MLP_MID:8:1 MLP:1:2, 0, false, false",
    "gpt_neox, ATTN_PLUS_MLP:1:4, 0 1, true, false",
    "gpt_neox, ATTN_PLUS_MLP:2:4, 0 1, false, true",
    "gpt_neox, BLOCK:1:6, 1, true, false",
    "gpt_neox, BLOCK:4:2 ATTN:4:1, 0, false, false",
    "gpt_neox, QKV:12:4, 0 1, true, false",
    "gpt_neox, QKV:3:2, 0 1, true, true",
    "gpt_neox, ATTN:4:2 ATTN_OUT:2:3, 0 1, true, false",
    "gpt_neox, ATTN_PLUS_MLP:1:3 BLOCK:1:2, 0 1, true, false",
    "gpt_neox, ATTN_PLUS_MLP:1:6 ATTN:4:6 QKV:3:6 ATTN_OUT:1:6 MLP_MID:1:6 MLP:1:6 BLOCK:1:6, 1,"
        + " false, false",
    "gpt_neox, MLP:1:20, 0 1, true, false",
    "gpt2, ATTN:4:3 MLP:1:5, 0 1, true, true",
    "gpt2, ATTN:1:2, 1, true, false",
    "gpt2, ATTN_OUT:1:2, 0 1, true, false",
    "gpt2, ATTN_OUT:4:2 ATTN:4:2, 0 1, true, false",
    "gpt2, MLP:4:2, 0, true, false",
    "gpt2, MLP_MID:1:3 MLP:1:2, 0 1, true, false",
    "gpt2, QKV:3:4, 0 1, true, false",
    "gpt2, QKV:12:1 ATTN:4:1, 0 1, true, true",
    "gpt2, ATTN_PLUS_MLP:1:4, 0 1, true, false",
    "gpt2, ATTN_PLUS_MLP:4:2 BLOCK:1:3, 0 1, true, false",
    "gpt2, BLOCK:1:6, 0 1, true, false",
    "gpt2, ATTN_PLUS_MLP:1:6 ATTN:4:6 QKV:3:6 ATTN_OUT:1:6 MLP_MID:1:6 MLP:1:6 BLOCK:1:6, 0,"
        + " true, false",
    "gpt_neo, ATTN:1:3, 0 1, true, true",
    "gpt_neo, ATTN:4:3 MLP:1:5 BLOCK:2:4, 0 1, true, false",
    "gpt_neo, MLP:4:2, 1, true, false",
    "gpt_neo, MLP_MID:1:3, 0 1, true, false",
    "gpt_neo, BLOCK:1:6, 1, true, true",
  })
  void shouldSnapAtEveryPlace(
      String family, String spec, String layers, boolean parallel, boolean euclidean)
      throws IOException {
    Map<Component, Place> places = new EnumMap<>(Component.class);
    for (String place : spec.split(" ")) {
      String[] part = place.split(":");
      places.put(
          Component.valueOf(part[0]),
          new Place(Integer.parseInt(part[1]), CODES, Integer.parseInt(part[2])));
    }
    List<Integer> snapped = Stream.of(layers.split(" ")).map(Integer::valueOf).toList();
    for (int seed = 0; ; seed++) {
      assertThat(seed).as("seeds without a near-tie").isLessThan(2_000);
      Map<String, float[]> tensors = withCodebooks(family, places, snapped, seed);
      PlainModel plain = new PlainModel(family, tensors, places, snapped, parallel, euclidean);
      double[] expected = plain.logits(TOKENS);
      if (plain.gap > (places.size() > 3 ? CLEAR / 4 : CLEAR)) {
        write(family, tensors, places, snapped, parallel, euclidean);
        compare(plain, expected);
        return;
      }
    }
  }

  private void compare(PlainModel plain, double[] expected) {
    try (CodebookTransformer model =
            CodebookTransformer.load(folder, Backends.byName("reference"));
        SingleSequence run = new SingleSequence(model, TOKENS.length)) {
      run.forward(TOKENS, position -> Steering.NONE);
      Map<String, List<Integer>> codes = new TreeMap<>();
      for (CodebookSite site : model.sites()) {
        codes.put(site.site().toString(), IntStream.of(run.natural(site.index())).boxed().toList());
      }
      assertThat(model.sites().stream().map(CodebookSite::site)).isSorted();
      assertThat(codes).isEqualTo(plain.codes);
      float[] logits = run.logits();
      for (int i = 0; i < logits.length; i++) {
        assertThat((double) logits[i]).isCloseTo(expected[i], Offset.offset(1e-4));
      }
    }
  }

  /// The golden model's own tensors by plain name.
  private static Map<String, float[]> base(String family) {
    Map<String, float[]> tensors = new LinkedHashMap<>();
    TensorFiles.read(golden(family).resolve("base/model.safetensors"))
        .forEach((name, tensor) -> tensors.put(name, tensor.values()));
    return tensors;
  }

  private static Path golden(String family) {
    return TestModels.golden(family);
  }

  private static Map<String, float[]> withCodebooks(
      String family, Map<Component, Place> places, List<Integer> layers, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, float[]> tensors = base(family);
    each(
        places,
        layers,
        (layer, component, i) -> {
          int width = width(family, component) / places.get(component).group();
          String name = PlainModel.book(layer, component, i);
          tensors.put(name + ".weight", normal(random, CODES * width, 0, 1));
          tensors.put(name + ".ln.weight", normal(random, width, 1, 0.1));
          tensors.put(name + ".ln.bias", normal(random, width, 0, 0.1));
        });
    return tensors;
  }

  private interface Each {
    void codebook(int layer, Component component, int i);
  }

  private static void each(Map<Component, Place> places, List<Integer> layers, Each each) {
    for (int layer : layers) {
      places.forEach(
          (component, place) ->
              IntStream.range(0, place.group()).forEach(i -> each.codebook(layer, component, i)));
    }
  }

  private static float[] normal(SplittableRandom random, int count, double mean, double deviation) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (mean + deviation * random.nextGaussian());
    }
    return values;
  }

  private static int width(String family, Component component) {
    return switch (component) {
      case QKV -> 3 * PlainModel.WIDTH;
      case MLP_MID -> PlainModel.inner(family);
      case ATTN, ATTN_OUT, MLP, ATTN_PLUS_MLP, BLOCK -> PlainModel.WIDTH;
    };
  }

  private void write(
      String family,
      Map<String, float[]> tensors,
      Map<Component, Place> places,
      List<Integer> layers,
      boolean parallel,
      boolean euclidean)
      throws IOException {
    Path source = golden(family);
    String base = Files.readString(source.resolve("base_config.json"));
    String asStated = "\"use_parallel_residual\": true";
    assertThat(family.equals("gpt_neox")).isEqualTo(base.contains(asStated));
    Files.writeString(
        folder.resolve("base_config.json"),
        base.replace(asStated, "\"use_parallel_residual\": " + parallel));
    Files.writeString(folder.resolve("config.json"), config(places, layers, euclidean));
    AuthorsNames names = new AuthorsNames(family, places, layers);
    Map<String, Values> stored = new LinkedHashMap<>();
    TensorFiles.read(source.resolve("base/model.safetensors"))
        .forEach((name, tensor) -> stored.put(names.base(name), tensor));
    each(
        places,
        layers,
        (layer, component, i) -> {
          boolean isGroup = places.get(component).group() > 1;
          int width = width(family, component) / places.get(component).group();
          String plain = PlainModel.book(layer, component, i);
          Function<String, String> name =
              tensor -> names.codebook(layer, component, i, isGroup, tensor);
          stored.put(
              name.apply("codebook.weight"),
              Values.of(tensors.get(plain + ".weight"), CODES, width));
          for (String part : List.of("ln.weight", "ln.bias")) {
            stored.put(name.apply(part), Values.of(tensors.get(plain + "." + part), width));
          }
        });
    TensorFiles.safetensors(folder.resolve("model.safetensors"), stored);
  }

  private static String config(
      Map<Component, Place> places, List<Integer> layers, boolean euclidean) {
    List<Component> order = AuthorsNames.ORDER.stream().filter(places::containsKey).toList();
    // The group of a fused projection is stated per query, key and value, and needs no such name.
    Function<Component, Integer> groups = c -> places.get(c).group() / (c == Component.QKV ? 3 : 1);
    return """
    {"codebook_at": [%s], "codebook_type": [%s], "num_codes": %d, "num_codebooks": [%s],
     "k_codebook": [%s], "layers_to_snap": %s, "similarity_metric": "%s"}
    """
        .formatted(
            join(order, c -> '"' + AuthorsNames.POSITIONS.get(c) + '"'),
            join(order, c -> groups.apply(c) > 1 ? "\"group\"" : "\"vanilla\""),
            CODES,
            join(order, groups::apply),
            join(order, c -> places.get(c).k()),
            layers,
            euclidean ? "euclidean" : "inner_product");
  }

  private static String join(List<Component> order, Function<Component, Object> value) {
    return order.stream()
        .map(component -> String.valueOf(value.apply(component)))
        .collect(Collectors.joining(", "));
  }
}
