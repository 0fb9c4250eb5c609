package dev.steerage.transformer.lens;

import dev.steerage.ops.Floats;
import dev.steerage.ops.Team;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.forward.Block;
import dev.steerage.transformer.forward.ForwardPass;
import dev.steerage.transformer.intervention.Steering;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/// The logit of one token at one position as a sum: what each slot of each codebook gave directly,
/// and a rest. Direct means through the residual stream and the output head, not through later
/// layers; mean and deviation of the final norm are taken as they are at that position.
///
/// @param logit as the model computes it
/// @param slots what the codes gave, in site order; codes that a later codebook of the same block
///   replaced, or that only act on attention scores, gave nothing and are left out
/// @param residual what is neither of a code: embeddings, biases, activations without codebook
public record LogitAttribution(int token, double logit, List<Slot> slots, double residual) {
  public LogitAttribution {
    slots = List.copyOf(slots);
  }

  /// What one code gave.
  ///
  /// @param slot 0: the most similar
  public record Slot(CodebookSite site, int slot, int code, double logit) {}

  /// Takes a logit apart.
  ///
  /// @param tokens up to the position that is asked for, the first one included
  /// @param token whose logit
  public static LogitAttribution of(CodebookTransformer model, int[] tokens, int token) {
    Objects.checkIndex(token, model.config().vocabulary());
    return of(model, tokens, OptionalInt.of(token));
  }

  /// Takes the highest logit apart, that of the lowest token of equals.
  public static LogitAttribution ofLikeliest(CodebookTransformer model, int[] tokens) {
    return of(model, tokens, OptionalInt.empty());
  }

  private static LogitAttribution of(CodebookTransformer model, int[] tokens, OptionalInt wanted) {
    int most = model.config().maxPositions();
    if (tokens.length < 1 || tokens.length > most) {
      throw new IllegalArgumentException("tokens=" + tokens.length + ", limit=1.." + most);
    }
    int[] pages = new int[(tokens.length + ForwardPass.pageSize() - 1) / ForwardPass.pageSize()];
    for (int i = 0; i < pages.length; i++) {
      pages[i] = i;
    }
    try (var team = new Team("attribution", 1);
        var forward =
            new ForwardPass(model.weights(), team, tokens.length, 1, pages.length, pages);
        var map = new ResidualMap(model)) {
      var last = new float[1][];
      int width = model.config().width();
      int row = tokens.length - 1;
      forward.observe(new LastStream(model.config().layers(), row, width, last));
      for (int p = 0; p <= row; p++) {
        forward.add(tokens[p], p, 0, Steering.NONE, p == row);
      }
      forward.run();
      int token = wanted.orElseGet(() -> likeliest(forward, row, model.config().vocabulary()));
      double logit = Floats.get(forward.logits(), forward.logitsAt(row) + token);
      return of(map, forward, row, last[0], token, logit);
    }
  }

  private static int likeliest(ForwardPass forward, int row, int vocabulary) {
    long at = forward.logitsAt(row);
    int best = 0;
    for (int token = 1; token < vocabulary; token++) {
      if (Floats.get(forward.logits(), at + token) > Floats.get(forward.logits(), at + best)) {
        best = token;
      }
    }
    return best;
  }

  private static LogitAttribution of(
      ResidualMap map, ForwardPass forward, int row, float[] stream, int token, double logit) {
    double deviation = deviation(stream, map.model().weights().last().eps());
    float[] rest = stream.clone();
    List<Slot> slots = new ArrayList<>();
    for (CodebookSite site : map.model().sites()) {
      if (isReplaced(map.model(), site)) {
        continue;
      }
      int k = forward.effectiveSlots(row, site.index());
      for (int slot = 0; slot < k; slot++) {
        int code = forward.effective(row, site.index(), slot);
        if (code < 0) {
          continue;
        }
        float[] vector = map.vector(site, code);
        for (int i = 0; i < vector.length; i++) {
          vector[i] /= k;
        }
        float[] part = map.residual(site, vector).orElseThrow();
        for (int i = 0; i < rest.length; i++) {
          rest[i] -= part[i];
        }
        slots.add(new Slot(site, slot, code, map.logits(part, deviation)[token]));
      }
    }
    double residual = map.logits(rest, deviation)[token] + map.logitsOfBeta()[token];
    return new LogitAttribution(token, logit, slots, residual);
  }

  /// Whether nothing of what the site wrote is left in the stream.
  private static boolean isReplaced(CodebookTransformer model, CodebookSite site) {
    List<Block> blocks = model.weights().blocks();
    for (int later = site.site().layer() + 1; later < blocks.size(); later++) {
      if (blocks.get(later).whole() != null) {
        return true;
      }
    }
    return ResidualMap.isHidden(blocks.get(site.site().layer()), site.site().component());
  }

  private static double deviation(float[] stream, double eps) {
    double mean = 0;
    for (float each : stream) {
      mean += each;
    }
    mean /= stream.length;
    double variance = 0;
    for (float each : stream) {
      variance += (each - mean) * (each - mean);
    }
    return Math.sqrt(variance / stream.length + eps);
  }
}
