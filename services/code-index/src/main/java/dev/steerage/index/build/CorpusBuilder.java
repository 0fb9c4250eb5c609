package dev.steerage.index.build;

import dev.steerage.domain.model.SiteShape;
import dev.steerage.index.corpus.CorpusException;
import dev.steerage.index.corpus.CorpusFolder;
import dev.steerage.index.corpus.CorpusInfo;
import dev.steerage.index.corpus.Cursor;
import dev.steerage.index.corpus.DamagedSegment;
import dev.steerage.index.corpus.NeuronSample;
import dev.steerage.index.corpus.Piece;
import dev.steerage.index.corpus.Segment;
import dev.steerage.index.corpus.SegmentWriter;
import dev.steerage.transformer.CodebookTransformer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Builds a corpus segment by segment, in the order of its texts.
///
/// What is on disk says where to go on: a build that was killed loses the segment it was at. Each
/// segment records the part of the text that it holds, so a damaged one is built again from there.
public final class CorpusBuilder implements AutoCloseable {
  /// Most ids of a segment: they are held in memory while it is built.
  private static final int MAX_IDS = 64 * 1024 * 1024;

  private static final int TASK_TOKENS = 2048;
  private static final int TASKS_AHEAD = 2;

  private final CodebookTransformer model;
  private final CorpusFolder folder;
  private final BuildProgress progress;
  private final int threads;
  private final ExecutorService workers;
  private final BlockingQueue<EngineRun> engines;
  private CorpusInfo info;
  private long tokensRun;

  /// @param info as it was found, or of a new corpus
  public CorpusBuilder(
      CodebookTransformer model,
      Path folder,
      CorpusInfo info,
      int threads,
      BuildProgress progress) {
    if (!info.modelHash().equals(model.hash())) {
      throw new CorpusException(
          "corpus=%s was built by model %s with hash %s, this one has %s"
              .formatted(folder, info.model(), info.modelHash(), model.hash()));
    }
    this.model = model;
    this.folder = new CorpusFolder(folder);
    this.info = info;
    this.progress = progress;
    this.threads = threads;
    workers =
        Executors.newFixedThreadPool(threads, Thread.ofPlatform().name("corpus-", 0).factory());
    engines = new ArrayBlockingQueue<>(threads);
    for (int i = 0; i < threads; i++) {
      engines.add(new EngineRun(model));
    }
  }

  /// A new corpus of a model.
  ///
  /// @param context most tokens of a document, or 0: as many as the model takes
  public static CorpusInfo describe(
      CodebookTransformer model,
      Path modelFolder,
      String name,
      String separator,
      int context,
      int segmentTokens) {
    int bos = model.tokenizer().bos().isPresent() ? 1 : 0;
    int most = model.config().maxPositions() - bos;
    int ids = model.sites().stream().mapToInt(site -> site.activeCodes()).sum();
    return new CorpusInfo(
        name,
        modelFolder.getFileName().toString(),
        modelFolder.toAbsolutePath().normalize().toString(),
        model.hash(),
        model.numericClass().toString(),
        model.sites().stream()
            .map(each -> new SiteShape(each.site(), each.codes(), each.activeCodes(), each.width()))
            .toList(),
        model.config().vocabulary(),
        context == 0 ? most : Math.min(context, most),
        separator,
        Math.min(segmentTokens, Math.max(1, MAX_IDS / ids)),
        List.of());
  }

  /// Rebuilds what is damaged, adds the texts that are new, and builds what is missing.
  public void build(List<Path> texts) {
    for (Path text : texts) {
      CorpusInfo.Source source = TextSource.describe(text);
      if (info.sources().stream().noneMatch(known -> known.sha256().equals(source.sha256()))) {
        info = info.with(source);
      }
    }
    info.write(folder.path());
    Tokens.write(model.tokenizer(), folder.path());
    repair();
    append();
  }

  /// Records how active each neuron is on a sample of the documents, unless that is there already.
  ///
  /// @param tokens of the sample; 0: none, and one that is there is left
  public void recordNeurons(int tokens) {
    List<Segment> segments = folder.segmentFiles().stream().map(this::open).toList();
    if (tokens == 0 || segments.isEmpty() || isRecorded(tokens, segments)) {
      return;
    }
    progress.records(tokens);
    try {
      new NeuronSampler(model, folder.path(), segments).record(tokens, workers, engines);
    } catch (IOException e) {
      throw new UncheckedIOException("folder=" + folder.path(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CorpusException("interrupted", e);
    }
  }

  private boolean isRecorded(int tokens, List<Segment> segments) {
    try {
      return NeuronSample.open(folder.path(), segments)
          .filter(sample -> sample.wanted() == tokens)
          .isPresent();
    } catch (DamagedSegment e) {
      progress.rebuilds(e.getMessage());
      return false;
    }
  }

  private void repair() {
    List<Path> files = folder.segmentFiles();
    for (int i = 0; i < files.size(); i++) {
      try {
        Segment.open(files.get(i), info.sites());
      } catch (DamagedSegment e) {
        progress.rebuilds(e.getMessage());
        Cursor begin = i == 0 ? Cursor.START : open(files.get(i - 1)).end();
        long firstDocument =
            i == 0
                ? 0
                : open(files.get(i - 1)).firstDocument() + open(files.get(i - 1)).documents();
        Optional<Cursor> until =
            i + 1 < files.size() ? beginOf(files.get(i + 1)) : Optional.empty();
        segment(files.get(i), begin, firstDocument, until);
      }
    }
  }

  private Segment open(Path file) {
    return Segment.open(file, info.sites());
  }

  /// Where a segment begins; none: it is damaged too, and the one before may take its usual length.
  private Optional<Cursor> beginOf(Path file) {
    try {
      return Optional.of(open(file).begin());
    } catch (DamagedSegment e) {
      return Optional.empty();
    }
  }

  private void append() {
    List<Path> files = folder.segmentFiles();
    Cursor at = Cursor.START;
    long document = 0;
    if (!files.isEmpty()) {
      Segment last = open(files.getLast());
      at = last.end();
      document = last.firstDocument() + last.documents();
    }
    int number = files.size();
    while (true) {
      Path file = folder.segmentFile(number);
      Optional<SegmentWriter> written = segment(file, at, document, Optional.empty());
      if (written.isEmpty()) {
        return;
      }
      at = written.get().end();
      document += written.get().documents();
      number++;
    }
  }

  /// Builds one segment; none: there is no text left.
  ///
  /// @param until where it has to end; none: when it is full
  private Optional<SegmentWriter> segment(
      Path file, Cursor begin, long firstDocument, Optional<Cursor> until) {
    var writer = new SegmentWriter(info, begin, firstDocument);
    var reader = new Pieces(info, new Cutter(model.tokenizer(), info.context()), begin, until);
    ArrayDeque<Running> running = new ArrayDeque<>();
    int planned = 0;
    boolean isOver = false;
    while (!isOver || !running.isEmpty()) {
      while (!isOver && running.size() < threads * TASKS_AHEAD) {
        List<Piece> task = reader.next(Math.min(TASK_TOKENS, info.segmentTokens()));
        isOver = task.isEmpty();
        if (!isOver) {
          planned += Piece.tokens(task);
          running.add(new Running(task, workers.submit(() -> run(task))));
          // A document is never in two segments.
          isOver = until.isEmpty() && planned >= info.segmentTokens();
        }
      }
      if (!running.isEmpty()) {
        take(running.remove(), writer);
      }
    }
    if (writer.documents() == 0) {
      return Optional.empty();
    }
    try {
      writer.write(file);
    } catch (IOException e) {
      throw new UncheckedIOException("segment=" + file, e);
    }
    progress.wrote(
        file.getFileName().toString(),
        writer.documents(),
        writer.positions(),
        file.toFile().length());
    return Optional.of(writer);
  }

  /// Documents that are being run.
  private record Running(List<Piece> pieces, Future<char[][]> codes) {}

  private char[][] run(List<Piece> pieces) throws InterruptedException {
    EngineRun engine = engines.take();
    try {
      return engine.run(pieces);
    } finally {
      engines.add(engine);
    }
  }

  private void take(Running task, SegmentWriter writer) {
    try {
      char[][] codes = task.codes().get();
      for (int i = 0; i < codes.length; i++) {
        writer.add(task.pieces().get(i), codes[i]);
      }
    } catch (ExecutionException e) {
      throw new CorpusException("the engine failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CorpusException("interrupted", e);
    }
    tokensRun += Piece.tokens(task.pieces());
    Cursor end = task.pieces().getLast().end();
    long done = end.offset();
    long all = 0;
    for (int i = 0; i < info.sources().size(); i++) {
      long bytes = info.sources().get(i).bytes();
      all += bytes;
      done += i < end.source() ? bytes : 0;
    }
    progress.ran(tokensRun, done, all);
  }

  @Override
  public void close() {
    workers.shutdownNow();
    List<EngineRun> all = new ArrayList<>();
    engines.drainTo(all);
    all.forEach(EngineRun::close);
  }
}
