package dev.steerage.transformer.analysis;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.function.ToDoubleBiFunction;

/// How alike two models are at one place, on the codes that were matched there, after *Sparse
/// Autoencoders Reveal Universal Feature Spaces* (Lan et al. 2024).
///
/// @param place as `L1.mlp`: layer and component
/// @param pairs that were compared: those with a vector, above the least phi
/// @param phi mean over them
/// @param svcca of the code vectors in the residual stream
/// @param representational similarity of the same vectors
public record LayerAgreement(
    String place, int pairs, double phi, Compared svcca, Compared representational) {
  private static final int SHUFFLES = 5;

  /// A number beside what it is when the pairs are shuffled.
  ///
  /// @param random mean of five shuffles
  /// @param randomMost the largest of them
  public record Compared(double matched, double random, double randomMost) {}

  /// Compares what was matched.
  ///
  /// @param leastPhi pairs below are left out
  /// @param left what a code of the first model adds to the residual stream; none: it adds nothing
  ///   by itself
  /// @param right the same of the second model
  public static List<LayerAgreement> of(
      CodeSpace space,
      CodeMatch match,
      double leastPhi,
      IntFunction<Optional<float[]>> left,
      IntFunction<Optional<float[]>> right,
      long seed) {
    List<LayerAgreement> places = new ArrayList<>();
    List<CodeMatch.Pair> here = new ArrayList<>();
    for (int site = 0; site < space.sites().size(); site++) {
      int end = space.first()[site + 1];
      int first = space.first()[site];
      match.pairs().stream()
          .filter(pair -> pair.left() >= first && pair.left() < end && pair.phi() >= leastPhi)
          .forEach(here::add);
      boolean isLast =
          site + 1 == space.sites().size() || !place(space, site).equals(place(space, site + 1));
      if (isLast) {
        places.add(at(place(space, site), here, left, right, new Random(seed)));
        here.clear();
      }
    }
    return places;
  }

  private static String place(CodeSpace space, int site) {
    var at = space.sites().get(site);
    return "L" + at.layer() + "." + at.component().label();
  }

  private static LayerAgreement at(
      String place,
      List<CodeMatch.Pair> pairs,
      IntFunction<Optional<float[]>> left,
      IntFunction<Optional<float[]>> right,
      Random random) {
    List<double[]> a = new ArrayList<>();
    List<double[]> b = new ArrayList<>();
    double phi = 0;
    for (CodeMatch.Pair pair : pairs) {
      Optional<float[]> one = left.apply(pair.left());
      Optional<float[]> other = right.apply(pair.right());
      if (one.isPresent() && other.isPresent()) {
        a.add(doubles(one.get()));
        b.add(doubles(other.get()));
        phi += pair.phi();
      }
    }
    // Three rows have three cosines: nothing to correlate.
    if (a.size() < 4) {
      var none = new Compared(Double.NaN, Double.NaN, Double.NaN);
      return new LayerAgreement(
          place, a.size(), a.isEmpty() ? Double.NaN : phi / a.size(), none, none);
    }
    double[][] rows = a.toArray(double[][]::new);
    double[][] others = b.toArray(double[][]::new);
    return new LayerAgreement(
        place,
        rows.length,
        phi / rows.length,
        compared(
            SpaceSimilarity.directions(rows),
            SpaceSimilarity.directions(others),
            random,
            SpaceSimilarity::canonical),
        compared(rows, others, random, SpaceSimilarity::representational));
  }

  private static double[] doubles(float[] vector) {
    double[] copy = new double[vector.length];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = vector[i];
    }
    return copy;
  }

  private static Compared compared(
      double[][] left,
      double[][] right,
      Random random,
      ToDoubleBiFunction<double[][], double[][]> measure) {
    double matched = measure.applyAsDouble(left, right);
    double sum = 0;
    double most = Double.NEGATIVE_INFINITY;
    List<double[]> shuffled = new ArrayList<>(List.of(right));
    for (int i = 0; i < SHUFFLES; i++) {
      Collections.shuffle(shuffled, random);
      double value = measure.applyAsDouble(left, shuffled.toArray(double[][]::new));
      sum += value;
      most = Math.max(most, value);
    }
    return new Compared(matched, sum / SHUFFLES, most);
  }
}
