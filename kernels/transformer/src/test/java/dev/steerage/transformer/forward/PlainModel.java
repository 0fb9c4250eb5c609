package dev.steerage.transformer.forward;

import dev.steerage.domain.codebook.Component;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The three architectures with codebooks at any place, written a second time: in double, position
/// by position, straight from the equations, with nothing in common with the engine.
final class PlainModel {
  /// The codebooks at one place.
  ///
  /// @param group number of codebooks
  record Place(int group, int codes, int k) {}

  static final int WIDTH = 32;
  static final int HEADS = 4;
  static final int LAYERS = 2;
  static final int VOCABULARY = 64;
  private static final int ROTATED = 2;
  private static final int WINDOW = 5;
  private static final int HEAD = WIDTH / HEADS;

  private final String family;
  private final int inner;
  private final Map<String, float[]> tensors;
  private final Map<Component, Place> places;
  private final List<Integer> snapped;
  private final boolean parallel;
  private final boolean euclidean;

  /// Codes by site name in site order, position after position.
  final Map<String, List<Integer>> codes = new TreeMap<>();

  /// Smallest difference between two scores that a choice hung on.
  double gap = Double.POSITIVE_INFINITY;

  /// @param tensors base tensors by plain name, codebooks by [#book]
  PlainModel(
      String family,
      Map<String, float[]> tensors,
      Map<Component, Place> places,
      List<Integer> snapped,
      boolean parallel,
      boolean euclidean) {
    this.family = family;
    this.inner = inner(family);
    this.tensors = tensors;
    this.places = places;
    this.snapped = snapped;
    this.parallel = parallel;
    this.euclidean = euclidean;
  }

  static int inner(String family) {
    return family.equals("gpt_neox") ? 96 : 128;
  }

  /// What this class calls a codebook; the norm's name adds `.ln`.
  static String book(int layer, Component component, int i) {
    return "book." + layer + "." + component + "." + i;
  }

  double[] logits(int[] tokens) {
    boolean isNeox = family.equals("gpt_neox");
    double[][] x = new double[tokens.length][];
    float[] table = tensors.get(isNeox ? "gpt_neox.embed_in.weight" : "transformer.wte.weight");
    for (int t = 0; t < tokens.length; t++) {
      x[t] = doubles(table, tokens[t] * WIDTH, WIDTH);
      if (!isNeox) {
        x[t] = sum(x[t], doubles(tensors.get("transformer.wpe.weight"), t * WIDTH, WIDTH));
      }
    }
    for (int layer = 0; layer < LAYERS; layer++) {
      block(layer, x);
    }
    double[] all = new double[tokens.length * VOCABULARY];
    for (int t = 0; t < tokens.length; t++) {
      double[] last = norm(x[t], isNeox ? "gpt_neox.final_layer_norm" : "transformer.ln_f");
      double[] row = map(last, isNeox ? "embed_out" : "transformer.wte", VOCABULARY);
      System.arraycopy(row, 0, all, t * VOCABULARY, VOCABULARY);
    }
    return all;
  }

  private void block(int layer, double[][] x) {
    boolean isNeox = family.equals("gpt_neox");
    String at = (isNeox ? "gpt_neox.layers." : "transformer.h.") + layer;
    double[][] q = new double[x.length][];
    double[][] k = new double[x.length][];
    double[][] v = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double[] h = norm(x[t], at + (isNeox ? ".input_layernorm" : ".ln_1"));
      double[] qkv = snap(layer, Component.QKV, projected(at, h));
      q[t] = part(qkv, 0);
      k[t] = part(qkv, 1);
      v[t] = part(qkv, 2);
      if (isNeox) {
        rotate(q[t], t);
        rotate(k[t], t);
      }
    }
    String out =
        switch (family) {
          case "gpt_neox" -> ".attention.dense";
          case "gpt2" -> ".attn.c_proj";
          default -> ".attn.attention.out_proj";
        };
    for (int t = 0; t < x.length; t++) {
      double[] z = snap(layer, Component.ATTN, attend(layer, q, k, v, t));
      double[] a = snap(layer, Component.ATTN_OUT, map(z, at + out, WIDTH));
      double[] before = isNeox && parallel ? x[t] : sum(x[t], a);
      double[] h = norm(before, at + (isNeox ? ".post_attention_layernorm" : ".ln_2"));
      double[] u = map(h, at + (isNeox ? ".mlp.dense_h_to_4h" : ".mlp.c_fc"), inner);
      for (int i = 0; i < inner; i++) {
        u[i] = isNeox ? u[i] * (1 + erf(u[i] / Math.sqrt(2))) / 2 : geluTanh(u[i]);
      }
      u = snap(layer, Component.MLP_MID, u);
      double[] m = map(u, at + (isNeox ? ".mlp.dense_4h_to_h" : ".mlp.c_proj"), WIDTH);
      m = snap(layer, Component.MLP, m);
      double[] added = snap(layer, Component.ATTN_PLUS_MLP, sum(a, m));
      x[t] = snap(layer, Component.BLOCK, sum(x[t], added));
    }
  }

  private double[] projected(String at, double[] h) {
    return switch (family) {
      case "gpt_neox" -> map(h, at + ".attention.query_key_value", 3 * WIDTH);
      case "gpt2" -> map(h, at + ".attn.c_attn", 3 * WIDTH);
      default -> {
        double[] all = new double[3 * WIDTH];
        String[] parts = {"q", "k", "v"};
        for (int i = 0; i < 3; i++) {
          double[] one = map(h, at + ".attn.attention." + parts[i] + "_proj", WIDTH);
          System.arraycopy(one, 0, all, i * WIDTH, WIDTH);
        }
        yield all;
      }
    };
  }

  /// Query, key or value of all heads, out of `[head][q, k, v]` (GPT-NeoX) or `[q, k, v][head]`.
  private double[] part(double[] qkv, int part) {
    if (!family.equals("gpt_neox")) {
      return Arrays.copyOfRange(qkv, part * WIDTH, (part + 1) * WIDTH);
    }
    double[] all = new double[WIDTH];
    for (int n = 0; n < HEADS; n++) {
      System.arraycopy(qkv, (3 * n + part) * HEAD, all, n * HEAD, HEAD);
    }
    return all;
  }

  private double[] attend(int layer, double[][] q, double[][] k, double[][] v, int t) {
    double[] z = new double[WIDTH];
    double scale = family.equals("gpt_neo") ? 1 : 1 / Math.sqrt(HEAD);
    int first = family.equals("gpt_neo") && layer == 1 ? Math.max(0, t - WINDOW + 1) : 0;
    for (int n = 0; n < HEADS; n++) {
      double[] e = new double[t + 1];
      double sum = 0;
      for (int p = first; p <= t; p++) {
        double dot = 0;
        for (int d = n * HEAD; d < (n + 1) * HEAD; d++) {
          dot += q[t][d] * k[p][d];
        }
        e[p] = Math.exp(dot * scale);
        sum += e[p];
      }
      for (int p = first; p <= t; p++) {
        for (int d = n * HEAD; d < (n + 1) * HEAD; d++) {
          z[d] += e[p] / sum * v[p][d];
        }
      }
    }
    return z;
  }

  private static void rotate(double[] heads, int position) {
    for (int n = 0; n < HEADS; n++) {
      int at = n * HEAD;
      double a = heads[at];
      double b = heads[at + ROTATED / 2];
      heads[at] = a * Math.cos(position) - b * Math.sin(position);
      heads[at + ROTATED / 2] = b * Math.cos(position) + a * Math.sin(position);
    }
  }

  private double[] snap(int layer, Component component, double[] in) {
    Place place = places.get(component);
    if (place == null || !snapped.contains(layer)) {
      return in;
    }
    int width = in.length / place.group();
    boolean isGroup = place.group() > 1;
    double[] out = new double[in.length];
    for (int i = 0; i < place.group(); i++) {
      String name = book(layer, component, i);
      double[] u = norm(Arrays.copyOfRange(in, i * width, (i + 1) * width), name + ".ln");
      float[] book = tensors.get(name + ".weight");
      List<Integer> best = best(u, book, place);
      String site = "L" + layer + "." + component.label() + (isGroup ? ".H" + i : "");
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
    for (int slot = 0; slot < place.k() && slot + 1 < scores.length; slot++) {
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

  /// An affine map; those of GPT-2 are stored `[in, out]`, except the head.
  private double[] map(double[] x, String name, int out) {
    float[] weight = tensors.get(name + ".weight");
    float[] bias = tensors.get(name + ".bias");
    boolean isTransposed = family.equals("gpt2") && bias != null;
    double[] y = new double[out];
    for (int o = 0; o < out; o++) {
      y[o] = bias == null ? 0 : bias[o];
      for (int i = 0; i < x.length; i++) {
        y[o] += weight[isTransposed ? i * out + o : o * x.length + i] * x[i];
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

  private static double geluTanh(double x) {
    return x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))) / 2;
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
