package dev.steerage.index.build;

import dev.steerage.index.corpus.Piece;
import dev.steerage.ops.Team;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.forward.ForwardObserver;
import dev.steerage.transformer.forward.ForwardPass;
import dev.steerage.transformer.intervention.Steering;
import java.util.List;
import java.util.OptionalInt;

/// Runs documents through a model and keeps the codes that fired. One thread.
final class EngineRun implements AutoCloseable {
  private static final int ROWS = 128;
  private static final int SEQUENCES = 16;

  private final Team alone;
  private final ForwardPass forward;
  private final OptionalInt bos;
  private final int idsPerPosition;
  private final int pagesPerSequence;
  private final int[] rowPiece = new int[ROWS];
  private final int[] rowPosition = new int[ROWS];

  EngineRun(CodebookTransformer model) {
    bos = model.tokenizer().bos();
    idsPerPosition = model.sites().stream().mapToInt(CodebookSite::activeCodes).sum();
    int page = ForwardPass.pageSize();
    pagesPerSequence = (model.config().maxPositions() + page - 1) / page;
    int[] pages = new int[SEQUENCES * pagesPerSequence];
    for (int i = 0; i < pages.length; i++) {
      pages[i] = i;
    }
    // Documents, not kernels, are what the threads share.
    alone = new Team("corpus-engine", 1);
    forward = new ForwardPass(model.weights(), alone, ROWS, 1, pages.length, pages);
  }

  /// The codes of each document, `[tokens][sites][slots]`; those of the token that begins every
  /// text are left out.
  char[][] run(List<Piece> pieces) {
    List<int[]> documents = pieces.stream().map(Piece::tokens).toList();
    char[][] codes = new char[documents.size()][];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = new char[documents.get(i).length * idsPerPosition];
    }
    run(documents, () -> take(codes));
    return codes;
  }

  /// Records how active each neuron is in each document.
  ///
  /// @param firstRow of each document in the table
  void activity(List<int[]> documents, int[] firstRow, NeuronTable table) {
    forward.observe(
        table.observer(
            forward::rows,
            row -> rowPosition[row] < 0 ? -1 : firstRow[rowPiece[row]] + rowPosition[row]));
    try {
      run(documents, () -> {});
    } finally {
      forward.observe(ForwardObserver.NONE);
    }
  }

  private void run(List<int[]> documents, Runnable take) {
    int sequences = 0;
    for (int i = 0; i < documents.size(); i++) {
      int[] tokens = documents.get(i);
      int first = bos.isPresent() ? -1 : 0;
      for (int at = first; at < tokens.length; at++) {
        if (forward.rows() == ROWS || at == first && sequences == SEQUENCES) {
          flush(take);
          // The rows of one document go on in the next forward: its pages stay its own.
          sequences = at == first ? 0 : 1;
        }
        if (at == first) {
          sequences++;
        }
        int token = at < 0 ? bos.getAsInt() : tokens[at];
        int row =
            forward.add(token, at - first, i % SEQUENCES * pagesPerSequence, Steering.NONE, false);
        rowPiece[row] = i;
        rowPosition[row] = at;
      }
    }
    flush(take);
  }

  private void flush(Runnable take) {
    if (forward.rows() == 0) {
      return;
    }
    forward.run();
    take.run();
    forward.clear();
  }

  private void take(char[][] codes) {
    for (int row = 0; row < forward.rows(); row++) {
      if (rowPosition[row] >= 0) {
        char[] into = codes[rowPiece[row]];
        int at = rowPosition[row] * idsPerPosition;
        for (int site = 0; site < forward.sites(); site++) {
          for (int slot = 0; slot < forward.naturalSlots(site); slot++) {
            into[at++] = (char) forward.natural(row, site, slot);
          }
        }
      }
    }
  }

  @Override
  public void close() {
    forward.close();
    alone.close();
  }
}
