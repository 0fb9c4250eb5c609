package dev.steerage.index.export;

import dev.steerage.domain.model.SiteShape;
import dev.steerage.index.corpus.Corpus;
import dev.steerage.schemas.json.Json;
import dev.steerage.schemas.json.JsonOut;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/// A corpus as JSON lines: one object per token, with the codes of every site.
public final class JsonLinesExport {
  private static final int BUFFER = 1 << 16;

  private JsonLinesExport() {}

  /// Writes the file.
  public static void write(Corpus corpus, Path file, LongConsumer progress) throws IOException {
    List<SiteShape> sites = corpus.info().sites();
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER)) {
      CodeRows.forEach(
          corpus,
          (_, document, position, token, codes) -> {
            out.write(
                Json.write(
                    row ->
                        row.whole("document", document)
                            .whole("position", position)
                            .whole("token", token)
                            .text("text", corpus.tokens().text(token))
                            .object("codes", each -> codes(each, sites, codes))));
            out.write('\n');
          },
          progress);
    }
  }

  private static void codes(JsonOut out, List<SiteShape> sites, char[] codes) {
    int at = 0;
    for (SiteShape site : sites) {
      List<Integer> ids = new ArrayList<>();
      for (int slot = 0; slot < site.activeCodes(); slot++) {
        ids.add((int) codes[at++]);
      }
      out.integers(site.site().toString(), ids);
    }
  }
}
