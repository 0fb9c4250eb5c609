package dev.steerage.index.about;

/// How much the place in a document says about the firing of a code, after *Neurons in Large
/// Language Models: Dead, N-gram, Positional* (Voita et al. 2023).
final class Positional {
  /// Nats from which on a code counts as positional.
  static final double THRESHOLD = 0.05;

  /// Places that fewer documents reach are left out: their rates are noise.
  private static final int LEAST_DOCUMENTS = 100;

  private Positional() {}

  /// The mean, over places, of the divergence of the firing rate there from the overall one.
  ///
  /// @param firings by place
  /// @param documents that reach each place
  static double information(int[] firings, int[] documents) {
    long fired = 0;
    long all = 0;
    int places = 0;
    for (int place = 0; place < documents.length; place++) {
      if (documents[place] >= LEAST_DOCUMENTS) {
        fired += firings[place];
        all += documents[place];
        places++;
      }
    }
    if (fired == 0 || fired == all) {
      return 0;
    }
    double rate = (double) fired / all;
    double sum = 0;
    for (int place = 0; place < documents.length; place++) {
      if (documents[place] >= LEAST_DOCUMENTS) {
        double here = (double) firings[place] / documents[place];
        sum += part(here, rate) + part(1 - here, 1 - rate);
      }
    }
    return sum / places;
  }

  private static double part(double here, double overall) {
    return here == 0 ? 0 : here * Math.log(here / overall);
  }
}
