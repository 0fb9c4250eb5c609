package dev.steerage.index.export;

import dev.steerage.domain.model.SiteShape;
import dev.steerage.index.corpus.Corpus;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/// A corpus as NumPy arrays in a folder: `tokens.npy` and `documents.npy` with one entry per token,
/// and per site one array `[tokens, slots]` of 16-bit ids.
public final class NpyExport {
  private static final int MOST_CODES = 1 << 16;

  private NpyExport() {}

  /// Writes the folder.
  ///
  /// @throws IllegalArgumentException if a site has codes that 16 bits cannot hold
  public static void write(Corpus corpus, Path folder, LongConsumer progress) throws IOException {
    List<SiteShape> sites = corpus.info().sites();
    for (SiteShape site : sites) {
      if (site.codes() > MOST_CODES) {
        throw new IllegalArgumentException(
            "site=" + site.site() + ", codes=" + site.codes() + ", limit=" + MOST_CODES);
      }
    }
    Files.createDirectories(folder);
    try (Arrays files = Arrays.open(folder, sites)) {
      CodeRows.forEach(
          corpus,
          (_, document, _, token, codes) -> {
            files.tokens().add(token);
            files.documents().add(document);
            int at = 0;
            for (int site = 0; site < sites.size(); site++) {
              for (int slot = 0; slot < sites.get(site).activeCodes(); slot++) {
                files.codes().get(site).add(codes[at++]);
              }
            }
          },
          progress);
    }
  }

  /// The open arrays.
  private record Arrays(NpyFile tokens, NpyFile documents, List<NpyFile> codes)
      implements Closeable {
    static Arrays open(Path folder, List<SiteShape> sites) throws IOException {
      List<NpyFile> codes = new ArrayList<>();
      for (SiteShape site : sites) {
        codes.add(
            new NpyFile(
                folder.resolve(site.site() + ".npy"), NpyFile.Type.U16, site.activeCodes()));
      }
      return new Arrays(
          new NpyFile(folder.resolve("tokens.npy"), NpyFile.Type.I32, 0),
          new NpyFile(folder.resolve("documents.npy"), NpyFile.Type.I64, 0),
          codes);
    }

    @Override
    public void close() throws IOException {
      tokens.close();
      documents.close();
      for (NpyFile file : codes) {
        file.close();
      }
    }
  }
}
