package dev.steerage.transformer.forward;

import dev.steerage.domain.codebook.Component;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// GPT-NeoX with codebooks at any place, written a second time: in double, position by position,
/// straight from the equations, with nothing in common with the engine.
final class PlainModel {
  /// The codebooks at one place.
  ///
  /// @param group number of codebooks
  record Place(int group, int codes, int k) {}

  static final int WIDTH = 32;
  static final int INNER = 96;
  static final int HEADS = 4;
  static final int LAYERS = 2;
  static final int VOCABULARY = 64;
  private static final int ROTATED = 2;
  private static final int HEAD = WIDTH / HEADS;

  private final Map<String, float[]> tensors;
  private final Map<Component, Place> places;
  private final List<Integer> snapped;
  private final boolean parallel;
  private final boolean euclidean;

  /// Codes by site name in site order, position after position.
  final Map<String, List<Integer>> codes = new TreeMap<>();

  /// Smallest difference between two scores that a choice hung on.
  double gap = Double.POSITIVE_INFINITY;

  /// @param tensors by plain name
  PlainModel(
      Map<String, float[]> tensors,
      Map<Component, Place> places,
      List<Integer> snapped,
      boolean parallel,
      boolean euclidean) {
    this.tensors = tensors;
    this.places = places;
    this.snapped = snapped;
    this.parallel = parallel;
    this.euclidean = euclidean;
  }

  double[] logits(int[] tokens) {
    double[][] x = new double[tokens.length][];
    float[] table = tensors.get("gpt_neox.embed_in.weight");
    for (int t = 0; t < tokens.length; t++) {
      x[t] = doubles(table, tokens[t] * WIDTH, WIDTH);
    }
    for (int layer = 0; layer < LAYERS; layer++) {
      block(layer, x);
    }
    double[] all = new double[tokens.length * VOCABULARY];
    for (int t = 0; t < tokens.length; t++) {
      double[] row = linear(norm(x[t], "gpt_neox.final_layer_norm"), "embed_out", VOCABULARY);
      System.arraycopy(row, 0, all, t * VOCABULARY, VOCABULARY);
    }
    return all;
  }

  private void block(int layer, double[][] x) {
    String at = "gpt_neox.layers." + layer;
    double[][] qkv = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double[] h = norm(x[t], at + ".input_layernorm");
      qkv[t] = linear(h, at + ".attention.query_key_value", 3 * WIDTH);
      qkv[t] = snap(layer, Component.QKV, at + ".attention.query_key_value", qkv[t]);
      rotate(qkv[t], t);
    }
    for (int t = 0; t < x.length; t++) {
      double[] z = snap(layer, Component.ATTN, at + ".attention", attend(qkv, t));
      double[] a = linear(z, at + ".attention.dense", WIDTH);
      a = snap(layer, Component.ATTN_OUT, at + ".attention", a);
      double[] before = parallel ? x[t] : sum(x[t], a);
      double[] h = norm(before, at + ".post_attention_layernorm");
      double[] u = linear(h, at + ".mlp.dense_h_to_4h", INNER);
      for (int i = 0; i < INNER; i++) {
        u[i] = u[i] * (1 + erf(u[i] / Math.sqrt(2))) / 2;
      }
      u = snap(layer, Component.MLP_MID, at + ".mlp.act", u);
      double[] m = linear(u, at + ".mlp.dense_4h_to_h", WIDTH);
      m = snap(layer, Component.MLP, at + ".mlp", m);
      double[] added = snap(layer, Component.ATTN_PLUS_MLP, at, sum(a, m));
      x[t] = snap(layer, Component.BLOCK, at, sum(x[t], added));
    }
  }

  private static double[] attend(double[][] qkv, int t) {
    double[] z = new double[WIDTH];
    for (int n = 0; n < HEADS; n++) {
      int head = n * 3 * HEAD;
      double[] e = new double[t + 1];
      double sum = 0;
      for (int p = 0; p <= t; p++) {
        double dot = 0;
        for (int d = 0; d < HEAD; d++) {
          dot += qkv[t][head + d] * qkv[p][head + HEAD + d];
        }
        e[p] = Math.exp(dot / Math.sqrt(HEAD));
        sum += e[p];
      }
      for (int p = 0; p <= t; p++) {
        for (int d = 0; d < HEAD; d++) {
          z[n * HEAD + d] += e[p] / sum * qkv[p][head + 2 * HEAD + d];
        }
      }
    }
    return z;
  }

  private static void rotate(double[] qkv, int position) {
    for (int n = 0; n < HEADS; n++) {
      for (int part = 0; part < 2; part++) {
        int at = n * 3 * HEAD + part * HEAD;
        double a = qkv[at];
        double b = qkv[at + ROTATED / 2];
        qkv[at] = a * Math.cos(position) - b * Math.sin(position);
        qkv[at + ROTATED / 2] = b * Math.cos(position) + a * Math.sin(position);
      }
    }
  }

  private double[] snap(int layer, Component component, String module, double[] in) {
    Place place = places.get(component);
    if (place == null || !snapped.contains(layer)) {
      return in;
    }
    int width = in.length / place.group();
    double[] out = new double[in.length];
    for (int i = 0; i < place.group(); i++) {
      String name = module + ".codebook_layer" + (place.group() == 1 ? "" : ".codebook." + i);
      double[] chunk = Arrays.copyOfRange(in, i * width, (i + 1) * width);
      double[] u = norm(chunk, name + ".ln");
      float[] book = tensors.get(name + ".codebook.weight");
      List<Integer> best = best(u, book, place);
      String site = "L" + layer + "." + component.label() + (place.group() == 1 ? "" : ".H" + i);
      codes.computeIfAbsent(site, _ -> new ArrayList<>()).addAll(best);
      for (int code : best) {
        for (int d = 0; d < width; d++) {
          out[i * width + d] += book[code * width + d] / (double) place.k();
        }
      }
    }
    return out;
  }

  private List<Integer> best(double[] u, float[] book, Place place) {
    double[] scores = new double[place.codes()];
    List<Integer> order = new ArrayList<>();
    for (int c = 0; c < scores.length; c++) {
      scores[c] = score(u, doubles(book, c * u.length, u.length));
      order.add(c);
    }
    order.sort((a, b) -> Double.compare(scores[b], scores[a]));
    for (int slot = 0; slot < place.k(); slot++) {
      gap = Math.min(gap, scores[order.get(slot)] - scores[order.get(slot + 1)]);
    }
    return List.copyOf(order.subList(0, place.k()));
  }

  private double score(double[] u, double[] code) {
    double dot = 0;
    double norm = 0;
    double distance = 0;
    for (int d = 0; d < u.length; d++) {
      dot += u[d] * code[d];
      norm += code[d] * code[d];
      distance += (u[d] - code[d]) * (u[d] - code[d]);
    }
    return euclidean ? -Math.sqrt(distance) : dot / Math.sqrt(norm);
  }

  private double[] norm(double[] x, String name) {
    double mean = Arrays.stream(x).average().orElseThrow();
    double variance = Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    float[] gamma = tensors.get(name + ".weight");
    float[] beta = tensors.get(name + ".bias");
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = (x[i] - mean) / Math.sqrt(variance + 1e-5) * gamma[i] + beta[i];
    }
    return y;
  }

  private double[] linear(double[] x, String name, int out) {
    float[] weight = tensors.get(name + ".weight");
    float[] bias = tensors.get(name + ".bias");
    double[] y = new double[out];
    for (int o = 0; o < out; o++) {
      y[o] = bias == null ? 0 : bias[o];
      for (int i = 0; i < x.length; i++) {
        y[o] += weight[o * x.length + i] * x[i];
      }
    }
    return y;
  }

  private static double[] sum(double[] a, double[] b) {
    double[] y = new double[a.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = a[i] + b[i];
    }
    return y;
  }

  private static double[] doubles(float[] from, int at, int count) {
    double[] copy = new double[count];
    for (int i = 0; i < count; i++) {
      copy[i] = from[at + i];
    }
    return copy;
  }

  /// The series whose terms are all of one sign, so that nothing cancels.
  private static double erf(double x) {
    if (Math.abs(x) > 6) {
      return Math.signum(x);
    }
    double term = x;
    double sum = x;
    for (int n = 1; n < 200; n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }
}
