package dev.steerage.transformer.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.codebook.Component;
import dev.steerage.domain.codebook.Site;
import dev.steerage.ops.Backend;
import dev.steerage.ops.Floats;
import dev.steerage.ops.Team;
import dev.steerage.ops.snap.PackedCodebook;
import dev.steerage.ops.snap.Similarity;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.TestBackends;
import dev.steerage.transformer.TestModels;
import dev.steerage.transformer.checkpoint.GoldenTensors;
import dev.steerage.transformer.intervention.SiteSteering;
import dev.steerage.transformer.intervention.Steering;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class GoldenLayerTest {
  private static final float EPS = 1e-5f;

  @ParameterizedTest
  @MethodSource("dev.steerage.transformer.TestBackends#names")
  void shouldSnapEverySingleLayerAsTheAuthorsCodeDoes(String name) {
    Backend backend = TestBackends.require(name);
    Path folder = TestModels.golden("layers");
    GoldenTensors tensors = new GoldenTensors(folder.resolve("cases.safetensors"));
    JsonNode cases = TestModels.json(folder.resolve("cases.json"));
    assertThat(cases.size()).isEqualTo(30);
    try (Arena arena = Arena.ofShared()) {
      cases
          .properties()
          .forEach(c -> new Layer(backend, tensors, c.getKey(), c.getValue(), arena).check());
    }
  }

  /// One case: rows are the tokens of a small batch.
  private static final class Layer {
    private final Backend backend;
    private final GoldenTensors tensors;
    private final String name;
    private final JsonNode spec;
    private final Arena arena;
    private final int heads;
    private final int length;
    private final int rowCount;
    private final int width;
    private final int k;

    Layer(Backend backend, GoldenTensors tensors, String name, JsonNode spec, Arena arena) {
      this.backend = backend;
      this.tensors = tensors;
      this.name = name;
      this.spec = spec;
      this.arena = arena;
      heads = spec.get("heads").intValue();
      length = spec.get("T").intValue();
      rowCount = spec.get("B").intValue() * length;
      width = spec.get("dim").intValue();
      k = spec.get("k").intValue();
    }

    void check() {
      List<CodebookSite> sites = new ArrayList<>();
      CodebookGroup group = group(sites);
      Rows rows = rows();
      CodeTable codes = new CodeTable(sites, rowCount);
      MemorySegment x = arena.allocate((long) rowCount * width * Float.BYTES, 64);
      x.copyFrom(tensors.segment(name + "/input"));
      try (Team team = new Team("golden", 2, 0)) {
        new SnapLayer(backend, team, sites, codes).apply(group, x, width, rows);
      }
      for (int head = 0; head < heads; head++) {
        assertThat(ids(codes, head)).as(name).isEqualTo(tensors.ints(key("ids", head)));
      }
      float[] output = new float[rowCount * width];
      MemorySegment.copy(x, Floats.LAYOUT, 0, output, 0, output.length);
      assertThat(output)
          .as(name)
          .containsExactly(tensors.floats(name + "/output"), Offset.offset(1e-5f));
    }

    private CodebookGroup group(List<CodebookSite> sites) {
      Norm[] norms = new Norm[heads];
      PackedCodebook[] codebooks = new PackedCodebook[heads];
      int chunk = width / heads;
      int n = spec.get("n").intValue();
      Similarity similarity =
          spec.get("metric").stringValue().equals("euclidean")
              ? Similarity.EUCLIDEAN
              : Similarity.INNER_PRODUCT;
      for (int head = 0; head < heads; head++) {
        MemorySegment gamma = tensors.segment(key("ln.weight", head));
        norms[head] = new Norm(gamma, tensors.segment(key("ln.bias", head)), EPS);
        MemorySegment values = tensors.segment(key("codebook", head));
        codebooks[head] = backend.snap().pack(values, n, chunk, similarity, arena);
        sites.add(new CodebookSite(head, new Site(0, Component.ATTN, head), n, k, chunk));
      }
      return new CodebookGroup(0, chunk, k, norms, codebooks);
    }

    private Rows rows() {
      Rows rows = new Rows(rowCount);
      rows.count = rowCount;
      for (int r = 0; r < rowCount; r++) {
        SiteSteering at = GoldenSteering.of(spec.get("ops"), spec.get("hk"), r % length, length);
        Map<Integer, SiteSteering> sites = new HashMap<>();
        for (int head = 0; head < heads; head++) {
          sites.put(head, at);
        }
        rows.steering[r] = Steering.of(sites, heads);
      }
      return rows;
    }

    private int[] ids(CodeTable codes, int head) {
      int slots = codes.effectiveSlots(0, head);
      int[] ids = new int[rowCount * slots];
      for (int r = 0; r < rowCount; r++) {
        int from = codes.effectiveAt(r, head);
        System.arraycopy(
            Arrays.copyOfRange(codes.effective, from, from + slots), 0, ids, r * slots, slots);
      }
      return ids;
    }

    private String key(String tensor, int head) {
      return name + "/" + tensor + (heads == 1 ? "" : "." + head);
    }
  }
}
