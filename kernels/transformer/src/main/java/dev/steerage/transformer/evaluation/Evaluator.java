package dev.steerage.transformer.evaluation;

import dev.steerage.ops.Floats;
import dev.steerage.ops.snap.PackedCodebook;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.forward.Block;
import dev.steerage.transformer.forward.CodebookGroup;
import dev.steerage.transformer.forward.ForwardPass;
import dev.steerage.transformer.intervention.Steering;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Reads sequences through a model and adds up how well it predicts them and what its codebooks do.
/// For one thread; the threads of the model share the work.
public final class Evaluator implements AutoCloseable {
  private static final int ROWS = 128;

  private final CodebookTransformer model;
  private final int window;
  private final int rows;
  private final ForwardPass pass;
  private final NextTokenScore score;
  private final SiteScores sites;
  private long sequences;

  /// @param window most tokens of a sequence
  public Evaluator(CodebookTransformer model, int window) {
    this(model, window, ROWS);
  }

  /// @param most tokens of one forward
  Evaluator(CodebookTransformer model, int window, int most) {
    if (window < 2 || window > model.config().maxPositions()) {
      throw new IllegalArgumentException(
          "window=" + window + ", limit=2.." + model.config().maxPositions());
    }
    this.model = model;
    this.window = window;
    rows = Math.min(most, window);
    int pages = window / ForwardPass.pageSize() + 1;
    pass =
        new ForwardPass(
            model.weights(), model.team(), rows, rows, pages, IntStream.range(0, pages).toArray());
    score = new NextTokenScore(model.weights().backend().logprob());
    sites = new SiteScores(model.sites(), rows);
    pass.observe(sites);
  }

  /// Reads a sequence from its beginning.
  public void add(int[] tokens) {
    if (tokens.length < 2 || tokens.length > window) {
      throw new IllegalArgumentException("tokens=" + tokens.length + ", limit=2.." + window);
    }
    int vocabulary = model.config().vocabulary();
    for (int from = 0; from < tokens.length; from += rows) {
      int count = Math.min(rows, tokens.length - from);
      pass.clear();
      for (int i = 0; i < count; i++) {
        int token = tokens[from + i];
        if (token < 0 || token >= vocabulary) {
          throw new IllegalArgumentException("token=" + token + ", limit=" + (vocabulary - 1));
        }
        pass.add(token, from + i, 0, Steering.NONE, from + i + 1 < tokens.length);
      }
      pass.run();
      sites.add(pass);
      for (int i = 0; i < count && from + i + 1 < tokens.length; i++) {
        score.add(pass.logits(), pass.logitsAt(i), vocabulary, tokens[from + i + 1]);
      }
    }
    sequences++;
  }

  /// Tokens predicted so far.
  public long tokens() {
    return score.tokens();
  }

  /// What has been measured so far.
  public Evaluation result() {
    List<SiteEvaluation> each = new ArrayList<>();
    for (CodebookSite site : model.sites()) {
      double[] norms = codeNorms(site);
      each.add(
          sites.of(
              site.index(),
              IntStream.range(0, norms.length).mapToDouble(i -> norms[i]).average().orElse(0),
              IntStream.range(0, norms.length).mapToDouble(i -> norms[i]).max().orElse(0)));
    }
    return new Evaluation(sequences, score.tokens(), score.loss(), score.accuracy(), each);
  }

  @Override
  public void close() {
    pass.close();
  }

  /// The mean of one code is the code.
  private double[] codeNorms(CodebookSite site) {
    PackedCodebook codebook = codebook(site);
    double[] norms = new double[site.codes()];
    int[] id = new int[1];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment code = arena.allocate((long) site.width() * Float.BYTES, 64);
      for (int c = 0; c < norms.length; c++) {
        id[0] = c;
        model.weights().backend().snap().mean(codebook, id, 0, 1, 1, code, 0);
        double sum = 0;
        for (int i = 0; i < site.width(); i++) {
          double value = Floats.get(code, i);
          sum += value * value;
        }
        norms[c] = Math.sqrt(sum);
      }
    }
    return norms;
  }

  private PackedCodebook codebook(CodebookSite site) {
    Block block = model.weights().blocks().get(site.site().layer());
    return Stream.of(
            block.attention(),
            block.attentionOutCodes(),
            block.qkvCodes(),
            block.mlpMid(),
            block.mlp(),
            block.both(),
            block.whole())
        .filter(group -> group != null && isIn(site, group))
        .map(group -> group.codebooks()[site.index() - group.firstSite()])
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("site without codebook: " + site));
  }

  private static boolean isIn(CodebookSite site, CodebookGroup group) {
    return site.index() >= group.firstSite() && site.index() < group.firstSite() + group.size();
  }
}
