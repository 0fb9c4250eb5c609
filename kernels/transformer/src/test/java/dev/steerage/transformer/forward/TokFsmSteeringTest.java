package dev.steerage.transformer.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.codebook.Component;
import dev.steerage.domain.codebook.Site;
import dev.steerage.ops.Backends;
import dev.steerage.ops.Floats;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.Distributions;
import dev.steerage.transformer.TestModels;
import dev.steerage.transformer.intervention.SiteSteering;
import dev.steerage.transformer.intervention.SlotWrite;
import dev.steerage.transformer.intervention.Steering;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The published steering experiment on all 100 x 100 pairs of states: how far the next-digit
/// distribution of a source is from a target's once the target's codes are forced at its last
/// digit.
@Tag("long")
class TokFsmSteeringTest {
  private static final int BOS = 10;
  private static final int STATES = 100;
  private static final int LAST = 2;

  private final Map<String, Predicate<Site>> siteSets =
      Map.of(
          "L0.attn", site -> site.layer() == 0 && site.component() == Component.ATTN,
          "L1.mlp", site -> site.layer() == 1 && site.component() == Component.MLP,
          "all attn", site -> site.component() == Component.ATTN,
          "all mlp", site -> site.component() == Component.MLP,
          "all", site -> true);

  @Test
  void shouldMoveTheNextDigitAsFarAsStated() {
    JsonNode expected =
        TestModels.json(TestModels.shipped("tokfsm").resolve("expected.json"))
            .get("jsd_normalised");
    int page = ForwardPass.pageSize();
    try (CodebookTransformer model =
            CodebookTransformer.load(TestModels.shipped("tokfsm"), Backends.byName("auto"));
        ForwardPass pass =
            new ForwardPass(
                model.weights(),
                model.team(),
                3 * STATES,
                STATES,
                STATES * (LAST / page + 1),
                IntStream.range(0, STATES).toArray())) {
      States states = new States(model, pass);
      double none = states.meanDivergence(site -> false);
      assertThat(none).isCloseTo(0.163, Offset.offset(5e-4));
      siteSets.forEach(
          (name, set) ->
              assertThat(states.meanDivergence(set) / none)
                  .as(name)
                  .isCloseTo(expected.get(name).doubleValue(), Offset.offset(1e-4)));
    }
  }

  /// Every state as a prompt of its own; page i of the cache belongs to state i.
  private static final class States {
    private final CodebookTransformer model;
    private final ForwardPass pass;
    private final double[][] reference;
    private final int[][] codes = new int[STATES][];

    States(CodebookTransformer model, ForwardPass pass) {
      this.model = model;
      this.pass = pass;
      pass.clear();
      for (int state = 0; state < STATES; state++) {
        pass.add(BOS, 0, state, Steering.NONE, false);
        pass.add(state / 10, 1, state, Steering.NONE, false);
        pass.add(state % 10, LAST, state, Steering.NONE, true);
      }
      pass.run();
      reference = distributions();
      for (int state = 0; state < STATES; state++) {
        int row = 3 * state + LAST;
        codes[state] =
            IntStream.range(0, pass.sites()).map(site -> pass.natural(row, site, 0)).toArray();
      }
    }

    /// Mean over targets of the sum over sources / (states - 1).
    double meanDivergence(Predicate<Site> set) {
      double sum = 0;
      for (int target = 0; target < STATES; target++) {
        Steering steering = force(target, set);
        pass.clear();
        // Running the last position again only overwrites its own keys and values.
        for (int source = 0; source < STATES; source++) {
          pass.add(source % 10, LAST, source, steering, true);
        }
        pass.run();
        for (double[] steered : distributions()) {
          sum += Distributions.jensenShannon(steered, reference[target]);
        }
      }
      return sum / (STATES - 1) / STATES;
    }

    private Steering force(int target, Predicate<Site> set) {
      Map<Integer, SiteSteering> sites = new HashMap<>();
      for (CodebookSite site : model.sites()) {
        if (set.test(site.site())) {
          int code = codes[target][site.index()];
          sites.put(site.index(), SiteSteering.builder().write(code, SlotWrite.ALL_SLOTS).build());
        }
      }
      return Steering.of(sites, model.sites().size());
    }

    private double[][] distributions() {
      int vocabulary = model.config().vocabulary();
      double[][] all = new double[STATES][];
      for (int i = 0; i < STATES; i++) {
        float[] row = new float[vocabulary];
        MemorySegment logits = pass.logits();
        long at = (long) i * vocabulary * Float.BYTES;
        MemorySegment.copy(logits, Floats.LAYOUT, at, row, 0, vocabulary);
        all[i] = Distributions.softmax(row);
      }
      return all;
    }
  }
}
