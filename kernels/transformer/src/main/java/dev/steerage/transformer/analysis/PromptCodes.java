package dev.steerage.transformer.analysis;

import dev.steerage.ops.Floats;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.forward.ForwardObserver;
import dev.steerage.transformer.forward.ForwardPass;
import dev.steerage.transformer.intervention.Steering;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/// What fired in one prompt.
///
/// @param fired numbers of the codes at each position, in the order of [CodeSpace], so those of one
///   site stand together; the token that begins every text is left out
/// @param neurons of each layer's MLP, what was asked for; empty if nothing was
public record PromptCodes(int[][] fired, float[] neurons) {

  /// Which positions of a prompt count.
  public enum Scope {
    /// All of them: a code counts if it fires anywhere.
    ANY,
    /// The last one.
    LAST
  }

  /// Without neurons.
  public static PromptCodes of(int[]... fired) {
    return new PromptCodes(fired, new float[0]);
  }

  public int positions() {
    return fired.length;
  }

  /// The positions that count.
  public List<int[]> at(Scope scope) {
    return switch (scope) {
      case ANY -> Arrays.asList(fired);
      case LAST -> List.of(fired[fired.length - 1]);
    };
  }

  /// Different codes that fired, ascending.
  public int[] distinct(Scope scope) {
    return at(scope).stream().flatMapToInt(Arrays::stream).distinct().sorted().toArray();
  }

  /// Runs prompts through a model.
  ///
  /// @param prompts token ids, with the one that begins a text where the model has one
  /// @param neurons whether to keep each neuron's largest activity over the positions of the scope
  /// @param progress told how many prompts were read
  public static List<PromptCodes> read(
      CodebookTransformer model,
      List<int[]> prompts,
      Scope scope,
      boolean neurons,
      IntConsumer progress) {
    int longest = prompts.stream().mapToInt(prompt -> prompt.length).max().orElse(1);
    int limit = model.config().maxPositions();
    if (longest > limit) {
      throw new IllegalArgumentException("prompt: tokens=" + longest + ", limit=" + limit);
    }
    CodeSpace space = CodeSpace.of(model);
    List<PromptCodes> all = new ArrayList<>();
    int[] table = IntStream.rangeClosed(0, longest / ForwardPass.pageSize()).toArray();
    try (ForwardPass pass =
        new ForwardPass(model.weights(), model.team(), longest, 1, table.length, table)) {
      int lead = model.tokenizer().bos().isPresent() ? 1 : 0;
      float[] kept = new float[neurons ? model.config().layers() * model.config().inner() : 0];
      if (neurons) {
        pass.observe(new Neurons(kept, model.config().inner(), pass, scope, lead));
      }
      for (int[] prompt : prompts) {
        if (prompt.length <= lead) {
          throw new IllegalArgumentException("prompt: no tokens");
        }
        pass.clear();
        for (int i = 0; i < prompt.length; i++) {
          pass.add(prompt[i], i, 0, Steering.NONE, false);
        }
        Arrays.fill(kept, Float.NEGATIVE_INFINITY);
        pass.run();
        all.add(new PromptCodes(fired(space, pass, lead), kept.clone()));
        progress.accept(all.size());
      }
    }
    return all;
  }

  private static int[][] fired(CodeSpace space, ForwardPass pass, int lead) {
    int[][] fired = new int[pass.rows() - lead][pass.naturalSize()];
    for (int row = lead; row < pass.rows(); row++) {
      int next = 0;
      for (int site = 0; site < pass.sites(); site++) {
        for (int slot = 0; slot < pass.naturalSlots(site); slot++) {
          fired[row - lead][next++] = space.number(site, pass.natural(row, site, slot));
        }
      }
    }
    return fired;
  }

  /// Keeps the largest activity of each neuron.
  private record Neurons(float[] kept, int inner, ForwardPass pass, Scope scope, int lead)
      implements ForwardObserver {
    @Override
    public void neurons(int layer, MemorySegment values) {
      int from =
          switch (scope) {
            case ANY -> lead;
            case LAST -> pass.rows() - 1;
          };
      for (int row = from; row < pass.rows(); row++) {
        for (int i = 0; i < inner; i++) {
          int at = layer * inner + i;
          kept[at] = Math.max(kept[at], Floats.get(values, (long) row * inner + i));
        }
      }
    }
  }
}
