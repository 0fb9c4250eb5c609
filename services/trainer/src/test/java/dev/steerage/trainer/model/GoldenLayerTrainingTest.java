package dev.steerage.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.steerage.domain.codebook.Component;
import dev.steerage.ops.Backends;
import dev.steerage.ops.TrainingBackend;
import dev.steerage.ops.snap.Similarity;
import dev.steerage.ops.snap.StraightThroughKernel.Block;
import dev.steerage.ops.snap.StraightThroughKernel.Choice;
import dev.steerage.transformer.checkpoint.StoredTensors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// One codebook layer under each loss, against the golden vectors.
class GoldenLayerTrainingTest {
  private static final int CODES = 24;
  private static final int WIDTH = 16;
  private static final int ROWS = 14;

  @ParameterizedTest
  @CsvSource({
    "ip_k1, aeloss, 0, 1, INNER_PRODUCT",
    "ip_k4, aeloss, 0, 4, INNER_PRODUCT",
    "euclid_k1, aeloss, 0, 1, EUCLIDEAN",
    "euclid_k4, aeloss, 0, 4, EUCLIDEAN",
    "loss_base, base, 0, 4, INNER_PRODUCT",
    "loss_fullaeloss, fullaeloss, 0.25, 4, INNER_PRODUCT",
    "loss_fullaeloss-0.5, fullaeloss, 0.5, 4, INNER_PRODUCT",
    "loss_vqvae, vqvae, 0.25, 4, INNER_PRODUCT",
    "loss_vqvae-0.1, vqvae, 0.1, 4, INNER_PRODUCT",
    "loss_vqvae_euclid, vqvae, 0.25, 4, EUCLIDEAN"
  })
  void shouldGiveTheGoldenGradients(
      String name, String loss, double beta, int active, Similarity similarity) {
    TrainingBackend backend = TrainingBackend.of(Backends.byName("auto"));
    try (Arena arena = Arena.ofShared()) {
      StoredTensors golden = StoredTensors.open(Golden.FOLDER.resolve("layers.safetensors"), arena);
      MemorySegment x = of(golden, name, "input");
      MemorySegment codes = of(golden, name, "codebook");
      MemorySegment gain = of(golden, name, "ln.weight");
      MemorySegment bias = of(golden, name, "ln.bias");
      MemorySegment gradient =
          arena.allocate(x.byteSize(), 64).copyFrom(of(golden, name, "upstream"));
      Placement placement =
          new Placement(Component.MLP, false, 1, CODES, active, WIDTH, similarity, Set.of());
      SnapBuffers buffers = new SnapBuffers(placement, active, ROWS, arena);
      backend
          .forward()
          .layerNorm()
          .apply(x, 0, WIDTH, ROWS, WIDTH, gain, bias, 1e-5f, buffers.u, 0, WIDTH);
      var packed = backend.forward().snap().pack(codes, CODES, WIDTH, similarity, arena);
      int[] depth = new int[ROWS];
      Arrays.fill(depth, active);
      int[] ids = new int[ROWS * active];
      backend.forward().snap().scan(packed, buffers.u, 0, WIDTH, ROWS, depth, ids, 0, active);
      assertThat(ids).isEqualTo(golden.ints(name + "/ids"));
      MemorySegment.copy(ids, 0, buffers.ids, ValueLayout.JAVA_INT, 0, ids.length);
      Choice choice = new Choice(buffers.ids, 0, active, ROWS, active);
      Block out = new Block(buffers.out, 0, WIDTH);
      backend.straightThrough().mean(codes, 0, CODES, WIDTH, choice, out);
      assertClose(buffers.out, of(golden, name, "output"), "output");

      MemorySegment dcodes = arena.allocate(codes.byteSize(), 64);
      MemorySegment dgain = arena.allocate(gain.byteSize(), 64);
      MemorySegment dbias = arena.allocate(bias.byteSize(), 64);
      CodeLoss rule = CodeLoss.of(loss);
      backend
          .straightThrough()
          .backward(
              new Block(buffers.u, 0, WIDTH),
              out,
              new Block(gradient, 0, WIDTH),
              WIDTH,
              choice,
              rule.task(active),
              rule.pull(active, ROWS),
              rule.commit(beta),
              dcodes,
              0,
              CODES);
      backend
          .layerNormBackward()
          .apply(
              x, 0, WIDTH, ROWS, WIDTH, gain, 1e-5f, gradient, 0, WIDTH, gradient, 0, WIDTH, false,
              dgain, dbias);
      assertClose(dcodes, of(golden, name, "grad.codebook"), "codes");
      assertClose(gradient, of(golden, name, "grad.input"), "input");
      assertClose(dgain, of(golden, name, "grad.ln.weight"), "gain");
      assertClose(dbias, of(golden, name, "grad.ln.bias"), "bias");
    }
  }

  private static MemorySegment of(StoredTensors golden, String name, String tensor) {
    String full = name + "/" + tensor;
    return golden.floats(full, golden.shape(full));
  }

  private static void assertClose(MemorySegment actual, MemorySegment expected, String what) {
    float[] is = Golden.array(actual);
    float[] was = Golden.array(expected);
    assertThat(is).hasSameSizeAs(was);
    for (int i = 0; i < is.length; i++) {
      assertThat((double) is[i]).as("%s[%d]", what, i).isCloseTo(was[i], within(1e-4));
    }
  }
}
