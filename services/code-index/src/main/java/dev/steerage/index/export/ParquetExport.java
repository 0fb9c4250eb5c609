package dev.steerage.index.export;

import dev.steerage.domain.model.SiteShape;
import dev.steerage.index.corpus.Corpus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/// A corpus as a Parquet file: a row per token, a column per slot of every site, named `L0.attn.H0`
/// or, where a site has several slots, `L0.attn.H0_0`, `L0.attn.H0_1`, …
public final class ParquetExport {
  private ParquetExport() {}

  /// Writes the file.
  public static void write(Corpus corpus, Path file, LongConsumer progress) throws IOException {
    List<ParquetFile.Column> columns = new ArrayList<>();
    columns.add(new ParquetFile.Column("document", true));
    columns.add(new ParquetFile.Column("position", false));
    columns.add(new ParquetFile.Column("token", false));
    int known = columns.size();
    for (SiteShape site : corpus.info().sites()) {
      for (int slot = 0; slot < site.activeCodes(); slot++) {
        String name = site.activeCodes() == 1 ? "" : "_" + slot;
        columns.add(new ParquetFile.Column(site.site() + name, false));
      }
    }
    try (ParquetFile parquet = new ParquetFile(file, columns)) {
      CodeRows.forEach(
          corpus,
          (_, document, position, token, codes) -> {
            parquet.set(0, document);
            parquet.set(1, position);
            parquet.set(2, token);
            for (int i = 0; i < codes.length; i++) {
              parquet.set(known + i, codes[i]);
            }
            parquet.endRow();
          },
          progress);
    }
  }
}
