package dev.steerage.experiments.topics;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// A top-k autoencoder of the inputs of one codebook: as many latents as the codebook has codes, as
/// many active. Latents begin as inputs less their mean; trained by Adam on the squared error, one
/// input after the other.
final class TopKAutoencoder {
  private static final double RATE = 1e-3;
  private static final double FIRST = 0.9;
  private static final double SECOND = 0.999;
  private static final double TINY = 1e-8;

  private final int width;
  private final int active;
  private final float[][] encoder; // [latent][component]
  private final float[][] decoder;
  private final double[] mean;
  private final double[] valueSum;
  private final long[] valueCount;

  /// What one input activates.
  record Encoded(int[] latents, double[] values) {}

  private TopKAutoencoder(int width, int latents, int active) {
    this.width = width;
    this.active = active;
    encoder = new float[latents][width];
    decoder = new float[latents][width];
    mean = new double[width];
    valueSum = new double[latents];
    valueCount = new long[latents];
  }

  /// @param inputs at least one
  static TopKAutoencoder train(
      List<float[]> inputs, int latents, int active, int epochs, long seed) {
    int width = inputs.getFirst().length;
    TopKAutoencoder made = new TopKAutoencoder(width, latents, active);
    SplittableRandom random = new SplittableRandom(seed);
    made.begin(inputs, random);
    Moments encoderMoments = new Moments(latents, width);
    Moments decoderMoments = new Moments(latents, width);
    for (int n = 0; n < epochs * inputs.size(); n++) {
      made.step(inputs.get(random.nextInt(inputs.size())), encoderMoments, decoderMoments);
    }
    for (float[] input : inputs) {
      Encoded encoded = made.encode(input);
      for (int i = 0; i < active; i++) {
        made.valueSum[encoded.latents()[i]] += encoded.values()[i];
        made.valueCount[encoded.latents()[i]]++;
      }
    }
    return made;
  }

  private void begin(List<float[]> inputs, SplittableRandom random) {
    for (float[] input : inputs) {
      for (int i = 0; i < width; i++) {
        mean[i] += (double) input[i] / inputs.size();
      }
    }
    for (int latent = 0; latent < encoder.length; latent++) {
      float[] input = inputs.get(random.nextInt(inputs.size()));
      double norm = 1e-6;
      for (int i = 0; i < width; i++) {
        norm += (input[i] - mean[i]) * (input[i] - mean[i]);
      }
      for (int i = 0; i < width; i++) {
        decoder[latent][i] = (float) ((input[i] - mean[i]) / Math.sqrt(norm));
        encoder[latent][i] = decoder[latent][i];
      }
    }
  }

  /// The latents with the largest values, largest first.
  Encoded encode(float[] input) {
    float[] centred = new float[width];
    for (int i = 0; i < width; i++) {
      centred[i] = (float) (input[i] - mean[i]);
    }
    int[] latents = new int[active];
    double[] values = new double[active];
    Arrays.fill(values, Double.NEGATIVE_INFINITY);
    for (int latent = 0; latent < encoder.length; latent++) {
      float value = 0;
      for (int i = 0; i < width; i++) {
        value += encoder[latent][i] * centred[i];
      }
      if (value > values[active - 1]) {
        int at = active - 1;
        while (at > 0 && value > values[at - 1]) {
          values[at] = values[at - 1];
          latents[at] = latents[at - 1];
          at--;
        }
        values[at] = value;
        latents[at] = latent;
      }
    }
    return new Encoded(latents, values);
  }

  private void step(float[] input, Moments ofEncoder, Moments ofDecoder) {
    Encoded encoded = encode(input);
    double[] error = new double[width]; // of the output
    for (int i = 0; i < width; i++) {
      error[i] = mean[i] - input[i];
      for (int n = 0; n < active; n++) {
        error[i] += encoded.values()[n] * decoder[encoded.latents()[n]][i];
      }
    }
    for (int n = 0; n < active; n++) {
      int latent = encoded.latents()[n];
      double back = 0;
      for (int i = 0; i < width; i++) {
        back += error[i] * decoder[latent][i];
      }
      double[] down = new double[width];
      double[] up = new double[width];
      for (int i = 0; i < width; i++) {
        down[i] = error[i] * encoded.values()[n];
        up[i] = back * (input[i] - mean[i]);
      }
      ofDecoder.update(decoder[latent], latent, down);
      ofEncoder.update(encoder[latent], latent, up);
    }
  }

  /// Mean value of a latent where it is active; 0 if it never is.
  double meanValue(int latent) {
    return valueCount[latent] == 0 ? 0 : valueSum[latent] / valueCount[latent];
  }

  /// What one unit of a latent adds to the output; not to be written to.
  float[] direction(int latent) {
    return decoder[latent];
  }

  /// Squared error over the squared distance from the mean.
  double relativeError(List<float[]> inputs) {
    double errors = 0;
    double all = 0;
    for (float[] input : inputs) {
      Encoded encoded = encode(input);
      for (int i = 0; i < width; i++) {
        double error = mean[i] - input[i];
        all += error * error;
        for (int n = 0; n < active; n++) {
          error += encoded.values()[n] * decoder[encoded.latents()[n]][i];
        }
        errors += error * error;
      }
    }
    return errors / Math.max(all, 1e-12);
  }

  /// Adam's memory; a row has steps of its own, since most inputs leave it alone.
  private static final class Moments {
    private final double[][] first;
    private final double[][] second;
    private final int[] steps;

    Moments(int rows, int width) {
      first = new double[rows][width];
      second = new double[rows][width];
      steps = new int[rows];
    }

    void update(float[] values, int row, double[] gradient) {
      int t = ++steps[row];
      double a = 1 - Math.pow(FIRST, t);
      double b = 1 - Math.pow(SECOND, t);
      for (int i = 0; i < values.length; i++) {
        double g = gradient[i];
        first[row][i] = FIRST * first[row][i] + (1 - FIRST) * g;
        second[row][i] = SECOND * second[row][i] + (1 - SECOND) * g * g;
        values[i] -= (float) (RATE * (first[row][i] / a) / (Math.sqrt(second[row][i] / b) + TINY));
      }
    }
  }
}
