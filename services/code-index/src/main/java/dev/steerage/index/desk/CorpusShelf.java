package dev.steerage.index.desk;

import dev.steerage.index.about.ModelView;
import dev.steerage.index.about.VectorView;
import dev.steerage.index.codec.DecodedBudget;
import dev.steerage.index.corpus.Corpus;
import dev.steerage.index.corpus.CorpusException;
import dev.steerage.index.corpus.CorpusInfo;
import dev.steerage.index.search.OpenCorpus;
import dev.steerage.schemas.index.LookupException;
import dev.steerage.schemas.index.LookupException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The corpora of a folder. Looks now and then for new ones and for new segments; what is open
/// stays as it is for whoever is reading it.
final class CorpusShelf {
  private static final Logger LOG = LoggerFactory.getLogger(CorpusShelf.class);

  private final Path folder;
  private final long keptBytes;
  // Written by: the thread that looks; read by: the threads that answer.
  private volatile Map<String, Shelved> shelved = Map.of();

  /// @param keptBytes decoded blocks that each corpus may keep in memory
  CorpusShelf(Path folder, long keptBytes) {
    this.folder = folder;
    this.keptBytes = keptBytes;
  }

  /// An open corpus.
  ///
  /// @param state what its files were like when it was opened
  private record Shelved(OpenCorpus open, String state, Vectors vectors) {}

  /// Looks for changes.
  void look() {
    Map<String, Shelved> now = new TreeMap<>();
    for (Path each : folders()) {
      String name = each.getFileName().toString();
      Shelved before = shelved.get(name);
      try {
        String state = state(each);
        now.put(name, before != null && before.state().equals(state) ? before : open(each, state));
      } catch (CorpusException | UncheckedIOException e) {
        if (before == null) {
          LOG.atDebug().addKeyValue("folder", each).setCause(e).log("no corpus yet");
        } else {
          now.put(name, before);
        }
      }
    }
    shelved = now;
  }

  private List<Path> folders() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(CorpusInfo::exists).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("folder=" + folder, e);
    }
  }

  /// Names, sizes and times of its files: a segment is written beside its place and moved there.
  private static String state(Path corpus) {
    try (Stream<Path> files = Files.list(corpus)) {
      return files
          .filter(file -> !file.getFileName().toString().endsWith(".part"))
          .sorted()
          .map(
              file ->
                  file.getFileName()
                      + " "
                      + file.toFile().length()
                      + " "
                      + file.toFile().lastModified())
          .collect(Collectors.joining("\n"));
    } catch (IOException e) {
      throw new UncheckedIOException("folder=" + corpus, e);
    }
  }

  private Shelved open(Path folder, String state) {
    Corpus corpus = Corpus.open(folder, new DecodedBudget(keptBytes));
    for (String damage : corpus.damaged()) {
      LOG.atError()
          .addKeyValue("corpus", corpus.name())
          .addKeyValue("damage", damage)
          .log("segment is not served; 'steerage index build' builds it again");
    }
    LOG.atInfo()
        .addKeyValue("corpus", corpus.name())
        .addKeyValue("model", corpus.info().model())
        .addKeyValue("documents", corpus.documents())
        .addKeyValue("tokens", corpus.positions())
        .log("corpus opened");
    return new Shelved(OpenCorpus.of(corpus), state, new Vectors(corpus.info()));
  }

  List<OpenCorpus> all() {
    return shelved.values().stream().map(Shelved::open).toList();
  }

  /// A corpus of a model.
  ///
  /// @param name empty: the model's first by name
  /// @param hashPrefix of the weights that are served, where known: a corpus of others says nothing
  ///   about them
  /// @throws LookupException if there is none
  OpenCorpus find(String model, String name, OptionalLong hashPrefix) {
    return shelved(model, name, hashPrefix).open();
  }

  /// The weights of a corpus' model.
  VectorView vectors(String model, String name, OptionalLong hashPrefix) {
    return shelved(model, name, hashPrefix).vectors().get();
  }

  private Shelved shelved(String model, String name, OptionalLong hashPrefix) {
    List<Shelved> ofModel =
        shelved.values().stream()
            .filter(each -> each.open().corpus().info().model().equals(model))
            .filter(each -> name.isEmpty() || each.open().corpus().name().equals(name))
            .toList();
    if (ofModel.isEmpty()) {
      throw new LookupException(
          Reason.UNKNOWN_CORPUS,
          "model '%s' has no corpus %s; 'steerage index build' makes one"
              .formatted(clip(model), name.isEmpty() ? "" : "'" + clip(name) + "'"));
    }
    return ofModel.stream()
        .filter(each -> hashPrefix.isEmpty() || prefix(each) == hashPrefix.getAsLong())
        .findFirst()
        .orElseThrow(
            () ->
                new LookupException(
                    Reason.UNKNOWN_CORPUS,
                    "corpus '%s' was built with other weights of model '%s' than those served"
                        .formatted(ofModel.getFirst().open().corpus().name(), clip(model))));
  }

  private static long prefix(Shelved each) {
    return Long.parseUnsignedLong(each.open().corpus().info().modelHash().substring(0, 16), 16);
  }

  private static String clip(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }

  /// The weights of a model, read when somebody asks for the first time.
  private static final class Vectors {
    private final CorpusInfo info;
    private VectorView view;

    private Vectors(CorpusInfo info) {
      this.info = info;
    }

    private synchronized VectorView get() {
      if (view == null) {
        view = ModelView.of(info).map(VectorView.class::cast).orElse(VectorView.NONE);
      }
      return view;
    }
  }
}
