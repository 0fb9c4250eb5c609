package dev.steerage.transformer.evaluation;

import dev.steerage.ops.Floats;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.forward.ForwardObserver;
import dev.steerage.transformer.forward.ForwardPass;
import dev.steerage.transformer.intervention.Steering;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/// A text as a model reads it: which codes fire and how active each neuron is, at every position,
/// and where something ends that a label names.
final class DetectorText {
  private final int[] codeFrom; // first code of a site, counted over all sites
  private final int[] labelAt; // what ends here; -1 elsewhere
  private final int[] occurrences;
  private final int[] fired; // by code
  private final int[][] firedAt; // by label and code
  private final float[][] activity; // by neuron and position
  private int positions;

  private DetectorText(CodebookTransformer model, int labels, int size) {
    codeFrom = new int[model.sites().size() + 1];
    for (CodebookSite site : model.sites()) {
      codeFrom[site.index() + 1] = codeFrom[site.index()] + site.codes();
    }
    labelAt = new int[size];
    occurrences = new int[labels];
    fired = new int[codeFrom[codeFrom.length - 1]];
    firedAt = new int[labels][fired.length];
    activity = new float[model.config().layers() * model.config().inner()][size];
  }

  static DetectorText read(CodebookTransformer model, LabelledText labelled, IntConsumer progress) {
    int length = labelled.longest();
    DetectorText text = new DetectorText(model, labelled.kinds(), labelled.positions());
    int pages = length / ForwardPass.pageSize() + 1;
    int[] table = IntStream.range(0, pages).toArray();
    try (ForwardPass pass =
        new ForwardPass(model.weights(), model.team(), length, 1, pages, table)) {
      pass.observe(text.neurons(model.config().inner(), pass));
      for (int s = 0; s < labelled.sequences().size(); s++) {
        int[] sequence = labelled.sequences().get(s);
        pass.clear();
        for (int i = 0; i < sequence.length; i++) {
          pass.add(sequence[i], i, 0, Steering.NONE, false);
        }
        pass.run();
        text.add(pass, labelled.labels().get(s));
        progress.accept(s + 1);
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

  private void add(ForwardPass pass, int[] labels) {
    for (int row = 0; row < labels.length; row++) {
      int label = labels[row];
      labelAt[positions + row] = label;
      if (label >= 0) {
        occurrences[label]++;
      }
      for (int site = 0; site < pass.sites(); site++) {
        for (int slot = 0; slot < pass.naturalSlots(site); slot++) {
          int code = codeFrom[site] + pass.natural(row, site, slot);
          fired[code]++;
          if (label >= 0) {
            firedAt[label][code]++;
          }
        }
      }
    }
    positions += labels.length;
  }

  int occurrences(int label) {
    return occurrences[label];
  }

  /// The most precise code, of two equally precise ones that with the higher recall, then the lower
  /// number; -1 if none reaches the recall.
  int bestCode(int label, double leastRecall) {
    int best = -1;
    for (int code = 0; code < fired.length; code++) {
      if (firedAt[label][code] == 0 || recall(code, label) < leastRecall) {
        continue;
      }
      double more = best < 0 ? 1 : precision(code, label) - precision(best, label);
      if (more > 0 || (more == 0 && firedAt[label][code] > firedAt[label][best])) {
        best = code;
      }
    }
    return best;
  }

  double precision(int code, int label) {
    return fired[code] == 0 ? 0 : (double) firedAt[label][code] / fired[code];
  }

  double recall(int code, int label) {
    return occurrences[label] == 0 ? 0 : (double) firedAt[label][code] / occurrences[label];
  }

  /// The neuron that is most precise at this recall.
  int bestNeuron(int label, double recall) {
    int best = 0;
    double most = -1;
    for (int neuron = 0; neuron < activity.length; neuron++) {
      double precision = neuronPrecision(neuron, label, threshold(neuron, label, recall));
      if (precision > most) {
        most = precision;
        best = neuron;
      }
    }
    return best;
  }

  /// The activity that this share of the label's occurrences reaches.
  double threshold(int neuron, int label, double recall) {
    return threshold(activity[neuron], label, recall);
  }

  /// The same for any score of the positions.
  double threshold(float[] scores, int label, double recall) {
    float[] at = new float[occurrences[label]];
    int next = 0;
    for (int position = 0; position < positions; position++) {
      if (labelAt[position] == label) {
        at[next++] = scores[position];
      }
    }
    Arrays.sort(at);
    int above = Math.clamp(Math.round(recall * at.length), 1, at.length);
    return at[at.length - above];
  }

  double neuronPrecision(int neuron, int label, double threshold) {
    return precision(activity[neuron], label, threshold);
  }

  /// Of the positions whose score reaches the threshold, the share at which it ends.
  double precision(float[] scores, int label, double threshold) {
    int all = 0;
    int right = 0;
    for (int position = 0; position < positions; position++) {
      if (scores[position] >= threshold) {
        all++;
        right += labelAt[position] == label ? 1 : 0;
      }
    }
    return all == 0 ? 0 : (double) right / all;
  }

  double neuronRecall(int neuron, int label, double threshold) {
    return recall(activity[neuron], label, threshold);
  }

  /// Of the label's occurrences, the share whose score reaches the threshold.
  double recall(float[] scores, int label, double threshold) {
    int right = 0;
    for (int position = 0; position < positions; position++) {
      right += labelAt[position] == label && scores[position] >= threshold ? 1 : 0;
    }
    return occurrences[label] == 0 ? 0 : (double) right / occurrences[label];
  }

  int positions() {
    return positions;
  }

  /// What ends at a position; -1 if nothing does.
  int labelAt(int position) {
    return labelAt[position];
  }

  /// One neuron at every position; not to be written to.
  float[] activity(int neuron) {
    return activity[neuron];
  }

  int neurons() {
    return activity.length;
  }
}
