package dev.steerage.index.corpus;

import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.schemas.json.BadJson;
import dev.steerage.schemas.json.Json;
import dev.steerage.schemas.json.JsonIn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/// What a corpus was built from: `corpus.json` in its folder.
///
/// @param modelFolder where the checkpoint was
/// @param modelHash of its weights: codes of other weights mean something else
/// @param numericClass of the engine that ran it
/// @param context most tokens of a document; longer ones are cut into pieces
/// @param separator line that ends a document
/// @param segmentTokens tokens of a full segment, about
public record CorpusInfo(
    String name,
    String model,
    String modelFolder,
    String modelHash,
    String numericClass,
    List<SiteShape> sites,
    int vocabulary,
    int context,
    String separator,
    int segmentTokens,
    List<Source> sources) {
  static final String FILE = "corpus.json";

  private static final int FORMAT = 1;
  private static final int MAX_BYTES = 16 * 1024 * 1024;

  public CorpusInfo {
    sites = List.copyOf(sites);
    sources = List.copyOf(sources);
  }

  /// A text file.
  ///
  /// @param sha256 of its content when it was first read
  public record Source(String path, long bytes, String sha256) {}

  /// The same with one more source.
  public CorpusInfo with(Source source) {
    List<Source> more = new ArrayList<>(sources);
    more.add(source);
    return new CorpusInfo(
        name,
        model,
        modelFolder,
        modelHash,
        numericClass,
        sites,
        vocabulary,
        context,
        separator,
        segmentTokens,
        more);
  }

  /// Codes of one position, all sites together.
  public int idsPerPosition() {
    return sites.stream().mapToInt(SiteShape::activeCodes).sum();
  }

  public static boolean exists(Path folder) {
    return Files.isRegularFile(folder.resolve(FILE));
  }

  /// Reads the description of a corpus.
  ///
  /// @throws CorpusException if there is none or it cannot be read
  public static CorpusInfo read(Path folder) {
    Path file = folder.resolve(FILE);
    try {
      JsonIn in = new JsonIn(Json.parse(Files.readAllBytes(file), MAX_BYTES));
      int format = in.integer("format");
      if (format != FORMAT) {
        throw new CorpusException("file=" + file + ", format=" + format + ", known=" + FORMAT);
      }
      return new CorpusInfo(
          folder.getFileName().toString(),
          in.text("model"),
          in.text("modelFolder"),
          in.text("modelHash"),
          in.text("numericClass"),
          in.objects("sites", CorpusInfo::site),
          in.integer("vocabulary"),
          in.integer("context"),
          in.text("separator"),
          in.integer("segmentTokens"),
          in.objects(
              "sources",
              each -> new Source(each.text("path"), each.whole("bytes"), each.text("sha256"))));
    } catch (IOException | BadJson | IllegalArgumentException e) {
      throw new CorpusException("file=" + file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static SiteShape site(JsonIn in) {
    return new SiteShape(
        Site.parse(in.text("site")),
        in.integer("codes"),
        in.integer("activeCodes"),
        in.integer("width"));
  }

  /// Writes the description; a reader sees the old one or the new one, never a part.
  public void write(Path folder) {
    byte[] json =
        Json.write(
            out ->
                out.whole("format", FORMAT)
                    .text("model", model)
                    .text("modelFolder", modelFolder)
                    .text("modelHash", modelHash)
                    .text("numericClass", numericClass)
                    .whole("vocabulary", vocabulary)
                    .whole("context", context)
                    .text("separator", separator)
                    .whole("segmentTokens", segmentTokens)
                    .allObjects(
                        "sites",
                        sites,
                        (each, site) ->
                            each.text("site", site.site().toString())
                                .whole("codes", site.codes())
                                .whole("activeCodes", site.activeCodes())
                                .whole("width", site.width()))
                    .allObjects(
                        "sources",
                        sources,
                        (each, source) ->
                            each.text("path", source.path())
                                .whole("bytes", source.bytes())
                                .text("sha256", source.sha256())));
    try {
      Files.createDirectories(folder);
      Path fresh = folder.resolve(FILE + ".new");
      Files.write(fresh, json);
      Files.move(
          fresh,
          folder.resolve(FILE),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new CorpusException("folder=" + folder + " cannot be written: " + e, e);
    }
  }
}
