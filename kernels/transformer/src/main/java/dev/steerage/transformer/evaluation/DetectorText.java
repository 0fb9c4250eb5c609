package dev.steerage.transformer.evaluation;

import dev.steerage.ops.Floats;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.forward.ForwardObserver;
import dev.steerage.transformer.forward.ForwardPass;
import dev.steerage.transformer.intervention.Steering;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/// Walks as a model reads them: which codes fire and how active each neuron is, at every position,
/// and at the last digits of each state.
final class DetectorText {
  private final int[] codeFrom; // first code of a site, counted over all sites
  private final int[] stateAt; // state whose last digit is here; -1 elsewhere
  private final int[] occurrences;
  private final int[] fired; // by code
  private final int[][] firedAt; // by state and code
  private final float[][] activity; // by neuron and position
  private int positions;

  private DetectorText(CodebookTransformer model, int states, int size) {
    codeFrom = new int[model.sites().size() + 1];
    for (CodebookSite site : model.sites()) {
      codeFrom[site.index() + 1] = codeFrom[site.index()] + site.codes();
    }
    stateAt = new int[size];
    occurrences = new int[states];
    fired = new int[codeFrom[codeFrom.length - 1]];
    firedAt = new int[states][fired.length];
    activity = new float[model.config().layers() * model.config().inner()][size];
  }

  static DetectorText read(
      CodebookTransformer model, AutomatonTokens tokens, List<int[]> walks, IntConsumer progress) {
    int length = walks.getFirst().length;
    DetectorText text = new DetectorText(model, tokens.automaton().states(), walks.size() * length);
    int pages = length / ForwardPass.pageSize() + 1;
    int[] table = IntStream.range(0, pages).toArray();
    try (ForwardPass pass =
        new ForwardPass(model.weights(), model.team(), length, 1, pages, table)) {
      pass.observe(text.neurons(model.config().inner(), pass));
      int done = 0;
      for (int[] walk : walks) {
        pass.clear();
        for (int i = 0; i < walk.length; i++) {
          pass.add(walk[i], i, 0, Steering.NONE, false);
        }
        pass.run();
        text.add(pass, tokens, walk);
        progress.accept(++done);
      }
    }
    return text;
  }

  private ForwardObserver neurons(int inner, ForwardPass pass) {
    return new ForwardObserver() {
      @Override
      public void neurons(int layer, MemorySegment values) {
        for (int row = 0; row < pass.rows(); row++) {
          for (int i = 0; i < inner; i++) {
            activity[layer * inner + i][positions + row] =
                Floats.get(values, (long) row * inner + i);
          }
        }
      }
    };
  }

  private void add(ForwardPass pass, AutomatonTokens tokens, int[] walk) {
    int digits = tokens.automaton().digits();
    int state = 0;
    for (int row = 0; row < walk.length; row++) {
      int read = row - tokens.lead() + 1;
      state = read <= 0 ? 0 : 10 * (read % digits == 1 || digits == 1 ? 0 : state);
      state += read <= 0 ? 0 : tokens.digit(walk[row]);
      boolean isLast = read > 0 && read % digits == 0;
      stateAt[positions + row] = isLast ? state : -1;
      if (isLast) {
        occurrences[state]++;
      }
      for (int site = 0; site < pass.sites(); site++) {
        for (int slot = 0; slot < pass.naturalSlots(site); slot++) {
          int code = codeFrom[site] + pass.natural(row, site, slot);
          fired[code]++;
          if (isLast) {
            firedAt[state][code]++;
          }
        }
      }
    }
    positions += walk.length;
  }

  int occurrences(int state) {
    return occurrences[state];
  }

  /// The most precise code, of two equally precise ones that with the higher recall, then the lower
  /// number; -1 if none reaches the recall.
  int bestCode(int state, double leastRecall) {
    int best = -1;
    for (int code = 0; code < fired.length; code++) {
      if (firedAt[state][code] == 0 || recall(code, state) < leastRecall) {
        continue;
      }
      double more = best < 0 ? 1 : precision(code, state) - precision(best, state);
      if (more > 0 || (more == 0 && firedAt[state][code] > firedAt[state][best])) {
        best = code;
      }
    }
    return best;
  }

  double precision(int code, int state) {
    return fired[code] == 0 ? 0 : (double) firedAt[state][code] / fired[code];
  }

  double recall(int code, int state) {
    return occurrences[state] == 0 ? 0 : (double) firedAt[state][code] / occurrences[state];
  }

  /// The neuron that is most precise at this recall.
  int bestNeuron(int state, double recall) {
    int best = 0;
    double most = -1;
    for (int neuron = 0; neuron < activity.length; neuron++) {
      double precision = neuronPrecision(neuron, state, threshold(neuron, state, recall));
      if (precision > most) {
        most = precision;
        best = neuron;
      }
    }
    return best;
  }

  /// The activity that this share of the state's occurrences reaches.
  double threshold(int neuron, int state, double recall) {
    return threshold(activity[neuron], state, recall);
  }

  /// The same for any score of the positions.
  double threshold(float[] scores, int state, double recall) {
    float[] at = new float[occurrences[state]];
    int next = 0;
    for (int position = 0; position < positions; position++) {
      if (stateAt[position] == state) {
        at[next++] = scores[position];
      }
    }
    Arrays.sort(at);
    int above = Math.clamp(Math.round(recall * at.length), 1, at.length);
    return at[at.length - above];
  }

  double neuronPrecision(int neuron, int state, double threshold) {
    return precision(activity[neuron], state, threshold);
  }

  /// Of the positions whose score reaches the threshold, the share at which the state ends.
  double precision(float[] scores, int state, double threshold) {
    int all = 0;
    int right = 0;
    for (int position = 0; position < positions; position++) {
      if (scores[position] >= threshold) {
        all++;
        right += stateAt[position] == state ? 1 : 0;
      }
    }
    return all == 0 ? 0 : (double) right / all;
  }

  double neuronRecall(int neuron, int state, double threshold) {
    return recall(activity[neuron], state, threshold);
  }

  /// Of the state's occurrences, the share whose score reaches the threshold.
  double recall(float[] scores, int state, double threshold) {
    int right = 0;
    for (int position = 0; position < positions; position++) {
      right += stateAt[position] == state && scores[position] >= threshold ? 1 : 0;
    }
    return occurrences[state] == 0 ? 0 : (double) right / occurrences[state];
  }

  int positions() {
    return positions;
  }

  /// The state that ends at a position; -1 if none does.
  int stateAt(int position) {
    return stateAt[position];
  }

  /// One neuron at every position; not to be written to.
  float[] activity(int neuron) {
    return activity[neuron];
  }

  int neurons() {
    return activity.length;
  }
}
