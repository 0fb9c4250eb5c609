package dev.steerage.transformer.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntConsumer;

/// Which code of one model means what a code of another one means, by what they fire on: the pairs
/// of codes with the largest phi coefficient on the same text. After *Convergent Learning* (Li et
/// al. 2016).
///
/// @param pairs of codes that choose each other, by the code of the first model
/// @param chosen the best partner of every code of the first model that fired often enough, chosen
///   back or not
public record CodeMatch(List<Pair> pairs, List<Pair> chosen) {
  public CodeMatch {
    pairs = List.copyOf(pairs);
    chosen = List.copyOf(chosen);
  }

  /// A code of each model, by number.
  ///
  /// @param together positions on which both fire
  public record Pair(int left, int right, double phi, int together) {}

  /// Matches the sites of a layer with the sites of the same layer and component.
  ///
  /// @param left what fired in each text in the first model
  /// @param right the same texts in the second one, with as many positions
  /// @param least firings of a code to be considered
  /// @param progress told how many sites of the first model are done
  public static CodeMatch of(
      CodeSpace leftSpace,
      List<PromptCodes> left,
      CodeSpace rightSpace,
      List<PromptCodes> right,
      int least,
      IntConsumer progress) {
    int[][] leftRows = rows(left);
    int[][] rightRows = rows(right);
    if (leftRows.length != rightRows.length) {
      throw new IllegalArgumentException(
          "positions: left="
              + leftRows.length
              + ", right="
              + rightRows.length
              + "; the models cut the text into other tokens");
    }
    var matcher = new Matcher(leftSpace, leftRows, rightSpace, rightRows, least);
    for (int site = 0; site < leftSpace.sites().size(); site++) {
      matcher.add(site);
      progress.accept(site + 1);
    }
    return matcher.result();
  }

  private static int[][] rows(List<PromptCodes> prompts) {
    return prompts.stream()
        .flatMap(prompt -> List.of(prompt.fired()).stream())
        .toArray(int[][]::new);
  }

  private static final class Matcher {
    private final CodeSpace leftSpace;
    private final CodeSpace rightSpace;
    private final int[][] leftRows;
    private final int[][] rightRows;
    private final int[] leftFired;
    private final int[] rightFired;
    private final int least;
    private final Pair[] bestOfLeft;
    private final Pair[] bestOfRight;

    private Matcher(
        CodeSpace leftSpace, int[][] leftRows, CodeSpace rightSpace, int[][] rightRows, int least) {
      this.leftSpace = leftSpace;
      this.rightSpace = rightSpace;
      this.leftRows = leftRows;
      this.rightRows = rightRows;
      this.least = least;
      leftFired = fired(leftRows, leftSpace.size());
      rightFired = fired(rightRows, rightSpace.size());
      bestOfLeft = new Pair[leftSpace.size()];
      bestOfRight = new Pair[rightSpace.size()];
    }

    private static int[] fired(int[][] rows, int codes) {
      int[] fired = new int[codes];
      for (int[] row : rows) {
        for (int code : row) {
          fired[code]++;
        }
      }
      return fired;
    }

    private void add(int leftSite) {
      for (int rightSite = 0; rightSite < rightSpace.sites().size(); rightSite++) {
        if (isSamePlace(leftSite, rightSite)) {
          add(leftSite, rightSite);
        }
      }
    }

    /// Heads of a layer have no order, so that each is compared with each.
    private boolean isSamePlace(int leftSite, int rightSite) {
      var left = leftSpace.sites().get(leftSite);
      var right = rightSpace.sites().get(rightSite);
      return left.layer() == right.layer() && left.component() == right.component();
    }

    private void add(int leftSite, int rightSite) {
      int leftFirst = leftSpace.first()[leftSite];
      int rightFirst = rightSpace.first()[rightSite];
      int leftEnd = leftSpace.first()[leftSite + 1];
      int rightEnd = rightSpace.first()[rightSite + 1];
      int[][] together = new int[leftEnd - leftFirst][rightEnd - rightFirst];
      for (int row = 0; row < leftRows.length; row++) {
        for (int left : leftRows[row]) {
          if (left >= leftFirst && left < leftEnd) {
            int[] into = together[left - leftFirst];
            for (int right : rightRows[row]) {
              if (right >= rightFirst && right < rightEnd) {
                into[right - rightFirst]++;
              }
            }
          }
        }
      }
      for (int left = leftFirst; left < leftEnd; left++) {
        for (int right = rightFirst; right < rightEnd; right++) {
          int both = together[left - leftFirst][right - rightFirst];
          if (both > 0 && leftFired[left] >= least && rightFired[right] >= least) {
            offer(new Pair(left, right, phi(both, leftFired[left], rightFired[right]), both));
          }
        }
      }
    }

    private void offer(Pair pair) {
      Pair ofLeft = bestOfLeft[pair.left()];
      if (ofLeft == null || pair.phi() > ofLeft.phi()) {
        bestOfLeft[pair.left()] = pair;
      }
      Pair ofRight = bestOfRight[pair.right()];
      if (ofRight == null || pair.phi() > ofRight.phi()) {
        bestOfRight[pair.right()] = pair;
      }
    }

    private double phi(double both, double left, double right) {
      double all = leftRows.length;
      double spread = Math.sqrt(left) * Math.sqrt(right) * Math.sqrt((all - left) * (all - right));
      return spread == 0 ? 0 : (both * all - left * right) / spread;
    }

    private CodeMatch result() {
      List<Pair> mutual = new ArrayList<>();
      List<Pair> chosen = new ArrayList<>();
      for (Pair pair : bestOfLeft) {
        if (pair != null) {
          chosen.add(pair);
          if (bestOfRight[pair.right()].left() == pair.left()) {
            mutual.add(pair);
          }
        }
      }
      mutual.sort(Comparator.comparingInt(Pair::left));
      return new CodeMatch(mutual, chosen);
    }
  }
}
