package dev.steerage.experiments.topics;

import dev.steerage.ops.Floats;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.forward.ForwardObserver;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// One autoencoder per site, and steering by its latents.
final class Autoencoders {
  private final List<CodebookSite> sites;
  private final TopKAutoencoder[] bySite;
  private final int tokens;
  private final double relativeError;

  private Autoencoders(
      List<CodebookSite> sites, TopKAutoencoder[] bySite, int tokens, double relativeError) {
    this.sites = sites;
    this.bySite = bySite;
    this.tokens = tokens;
    this.relativeError = relativeError;
  }

  /// Trains all of them, side by side.
  ///
  /// @param inputs by site
  static Autoencoders train(
      List<CodebookSite> sites, List<List<float[]>> inputs, int epochs, long seed) {
    TopKAutoencoder[] made = new TopKAutoencoder[sites.size()];
    double[] errors = new double[sites.size()];
    IntStream.range(0, made.length)
        .parallel()
        .forEach(
            s -> {
              CodebookSite site = sites.get(s);
              made[s] =
                  TopKAutoencoder.train(
                      inputs.get(s), site.codes(), site.activeCodes(), epochs, seed + s);
              errors[s] = made[s].relativeError(inputs.get(s));
            });
    double mean = 0;
    for (double error : errors) {
      mean += error / errors.length;
    }
    return new Autoencoders(sites, made, inputs.getFirst().size() * epochs, mean);
  }

  /// The story again, with latents in the place of codes.
  StoryReading read(StoryReading story) {
    int[][] fired = new int[bySite.length][];
    IntStream.range(0, bySite.length)
        .parallel()
        .forEach(
            s -> {
              int k = sites.get(s).activeCodes();
              List<float[]> inputs = story.inputs(s);
              fired[s] = new int[inputs.size() * k];
              for (int row = 0; row < inputs.size(); row++) {
                int[] latents = bySite[s].encode(inputs.get(row)).latents();
                System.arraycopy(latents, 0, fired[s], row * k, k);
              }
            });
    return story.withFired(fired);
  }

  /// Holds latents at a multiple of what they are where they are active; what the autoencoder does
  /// not explain stays.
  ForwardObserver steer(List<TopicCounts.Scored> latents, double times) {
    Map<Integer, List<Integer>> wanted = new HashMap<>();
    latents.forEach(
        each -> wanted.computeIfAbsent(each.site(), _ -> new ArrayList<>()).add(each.code()));
    return new ForwardObserver() {
      @Override
      public void snapped(
          int site,
          int row,
          int rows,
          MemorySegment normed,
          MemorySegment out,
          long outAt,
          int outStride) {
        List<Integer> held = wanted.get(site);
        if (held == null) {
          return;
        }
        int width = sites.get(site).width();
        float[] input = new float[width];
        for (int r = 0; r < rows; r++) {
          for (int i = 0; i < width; i++) {
            input[i] = Floats.get(normed, (long) r * width + i);
          }
          hold(bySite[site], held, input, times, out, outAt + (long) r * outStride);
        }
      }
    };
  }

  private static void hold(
      TopKAutoencoder autoencoder,
      List<Integer> held,
      float[] input,
      double times,
      MemorySegment out,
      long at) {
    TopKAutoencoder.Encoded now = autoencoder.encode(input);
    for (int latent : held) {
      double added = times * autoencoder.meanValue(latent);
      for (int n = 0; n < now.latents().length; n++) {
        added -= now.latents()[n] == latent ? now.values()[n] : 0;
      }
      float[] direction = autoencoder.direction(latent);
      for (int i = 0; i < direction.length; i++) {
        Floats.set(out, at + i, (float) (Floats.get(out, at + i) + added * direction[i]));
      }
    }
  }

  /// Inputs seen by each, repetitions included.
  int tokens() {
    return tokens;
  }

  /// Mean over sites, on the inputs trained on.
  double relativeError() {
    return relativeError;
  }
}
