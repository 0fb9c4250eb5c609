package dev.steerage.index.desk;

import dev.steerage.domain.codebook.Code;
import dev.steerage.index.about.AboutReader;
import dev.steerage.index.corpus.Corpus;
import dev.steerage.index.search.OpenCorpus;
import dev.steerage.index.search.SearchLimits;
import dev.steerage.index.search.Searcher;
import dev.steerage.schemas.index.CodeSearch;
import dev.steerage.schemas.index.Corpora;
import dev.steerage.schemas.index.LookupException;
import dev.steerage.schemas.index.LookupException.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes questions from the index's thread and gives replies back to it, so that a search of half a
/// second holds up nobody's look-up. Bounded: beyond [#WAITING] questions the answer is `BUSY`.
public final class CorpusDesk implements AutoCloseable {
  /// Questions that wait for a thread.
  public static final int WAITING = 32;

  private static final Logger LOG = LoggerFactory.getLogger(CorpusDesk.class);
  private static final int ANSWERERS = 2;
  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(3);

  private final CorpusShelf shelf;
  private final Searcher searcher;
  private final LabelBook labels;
  // At most ANSWERERS + WAITING replies are under way at once.
  private final Queue<Reply> replies = new ConcurrentLinkedQueue<>();
  private final ThreadPoolExecutor answerers;
  private final ScheduledExecutorService looker;

  /// @param folder of corpora, each in a folder of its own
  public CorpusDesk(Path folder, SearchLimits limits, LabelBook labels) {
    this.labels = labels;
    shelf = new CorpusShelf(folder, limits.keptBytes());
    searcher = new Searcher(limits);
    answerers =
        new ThreadPoolExecutor(
            ANSWERERS,
            ANSWERERS,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            Thread.ofPlatform().daemon().name("index-desk-", 0).factory());
    looker =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("index-shelf").factory());
    looker.scheduleWithFixedDelay(this::look, 0, LOOK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look() {
    try {
      shelf.look();
    } catch (RuntimeException e) {
      LOG.atWarn().setCause(e).log("corpora could not be looked through");
    }
  }

  /// Takes a question; its reply comes from [#poll].
  ///
  /// @throws LookupException if too many wait
  public void ask(int session, long correlationId, Question question) {
    try {
      answerers.execute(() -> replies.add(reply(session, correlationId, question)));
    } catch (RejectedExecutionException e) {
      throw new LookupException(Reason.BUSY, "searches that wait: limit=" + WAITING, e);
    }
  }

  /// A reply that is ready, or null.
  public Reply poll() {
    return replies.poll();
  }

  private Reply reply(int session, long correlationId, Question question) {
    try {
      return new Reply(session, correlationId, answer(question));
    } catch (LookupException e) {
      return new Reply(session, correlationId, e);
    } catch (RuntimeException e) {
      LOG.atError()
          .addKeyValue("question", question.getClass().getSimpleName())
          .setCause(e)
          .log("question failed");
      return new Reply(
          session,
          correlationId,
          new LookupException(Reason.INTERNAL, e.getClass().getSimpleName(), e));
    }
  }

  private Object answer(Question question) {
    return switch (question) {
      case Question.Search ask -> search(ask);
      case Question.About ask -> {
        OpenCorpus open = shelf.find(ask.model(), ask.corpus(), ask.hashPrefix());
        yield new AboutReader(open)
            .about(
                ask.code(),
                ask.most(),
                shelf.vectors(ask.model(), ask.corpus(), ask.hashPrefix()),
                code -> labels.of(ask.tenant(), ask.model(), code));
      }
      case Question.WhichCorpora ask -> corpora(ask.model());
    };
  }

  private Object search(Question.Search ask) {
    CodeSearch search = ask.search();
    OpenCorpus open = shelf.find(search.model(), search.corpus(), ask.hashPrefix());
    List<Code> codes = ask.concept();
    if (search.kind() == CodeSearch.Kind.CONCEPT && codes.isEmpty()) {
      codes = labels.labelled(ask.tenant(), search.model(), search.query());
      if (codes.isEmpty()) {
        throw new LookupException(
            Reason.UNKNOWN_CONCEPT, "no concept and no label is called '" + search.query() + "'");
      }
    }
    return searcher.search(
        open, search, codes, code -> labels.text(ask.tenant(), search.model(), code));
  }

  private Corpora corpora(String model) {
    return new Corpora(
        shelf.all().stream()
            .map(OpenCorpus::corpus)
            .filter(corpus -> model.isEmpty() || corpus.info().model().equals(model))
            .map(CorpusDesk::describe)
            .toList());
  }

  private static Corpora.Corpus describe(Corpus corpus) {
    return new Corpora.Corpus(
        corpus.name(),
        corpus.info().model(),
        corpus.info().modelHash(),
        corpus.documents(),
        corpus.positions(),
        corpus.bytes(),
        corpus.segments().size(),
        corpus.damaged().size());
  }

  @Override
  public void close() {
    looker.shutdownNow();
    answerers.shutdownNow();
    searcher.close();
  }
}
