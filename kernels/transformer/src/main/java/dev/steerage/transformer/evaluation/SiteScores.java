package dev.steerage.transformer.evaluation;

import dev.steerage.ops.Floats;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.forward.ForwardObserver;
import dev.steerage.transformer.forward.ForwardPass;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;

/// What every codebook does to what passes through it, added up row by row in a fixed order: the
/// threads of a forward write to places of their own.
final class SiteScores implements ForwardObserver {
  private final List<CodebookSite> sites;
  private final int rows;
  private final double[] errors; // [site, row]: |u - out|^2
  private final double[] inputs; // [site, row]: |u|^2
  private final double[] outputs; // [site, row]: |out|^2
  private final double[] errorSum;
  private final double[] inputSquareSum;
  private final double[] inputNormSum;
  private final double[] outputNormSum;
  private final BitSet[] used;
  private long tokens;

  SiteScores(List<CodebookSite> sites, int rows) {
    this.sites = sites;
    this.rows = rows;
    int cells = Math.multiplyExact(sites.size(), rows);
    errors = new double[cells];
    inputs = new double[cells];
    outputs = new double[cells];
    errorSum = new double[sites.size()];
    inputSquareSum = new double[sites.size()];
    inputNormSum = new double[sites.size()];
    outputNormSum = new double[sites.size()];
    used = new BitSet[sites.size()];
    sites.forEach(site -> used[site.index()] = new BitSet(site.codes()));
  }

  @Override
  public void snapped(
      int site,
      int row,
      int count,
      MemorySegment normed,
      MemorySegment out,
      long outAt,
      int outStride) {
    int width = sites.get(site).width();
    for (int r = 0; r < count; r++) {
      double error = 0;
      double input = 0;
      double output = 0;
      for (int i = 0; i < width; i++) {
        double u = Floats.get(normed, (long) r * width + i);
        double y = Floats.get(out, outAt + (long) r * outStride + i);
        error += (u - y) * (u - y);
        input += u * u;
        output += y * y;
      }
      int cell = site * rows + row + r;
      errors[cell] = error;
      inputs[cell] = input;
      outputs[cell] = output;
    }
  }

  /// Takes the rows of a forward that has ended.
  void add(ForwardPass pass) {
    for (int site = 0; site < sites.size(); site++) {
      for (int row = 0; row < pass.rows(); row++) {
        int cell = site * rows + row;
        errorSum[site] += errors[cell];
        inputSquareSum[site] += inputs[cell];
        inputNormSum[site] += Math.sqrt(inputs[cell]);
        outputNormSum[site] += Math.sqrt(outputs[cell]);
        for (int slot = 0; slot < pass.naturalSlots(site); slot++) {
          used[site].set(pass.natural(row, site, slot));
        }
      }
    }
    tokens += pass.rows();
  }

  SiteEvaluation of(int site, double codeNormMean, double codeNormMax) {
    int codes = sites.get(site).codes();
    double all = Math.max(1, tokens);
    return new SiteEvaluation(
        sites.get(site),
        tokens,
        errorSum[site] / all,
        inputSquareSum[site] == 0 ? 0 : errorSum[site] / inputSquareSum[site],
        inputNormSum[site] / all,
        outputNormSum[site] / all,
        used[site].cardinality(),
        1 - (double) used[site].cardinality() / codes,
        codeNormMean,
        codeNormMax);
  }
}
