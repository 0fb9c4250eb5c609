package dev.steerage.index.benchmark;

import dev.steerage.domain.codebook.Code;
import dev.steerage.index.CommittedEvent.ActivationsRecord;
import dev.steerage.index.CommittedEvent.ModelSeen;
import dev.steerage.index.CommittedEvent.Source;
import dev.steerage.index.CommittedQueue;
import dev.steerage.index.Frames;
import dev.steerage.index.Frames.Message;
import dev.steerage.index.IdleProfile;
import dev.steerage.index.aeron.AeronSettings;
import dev.steerage.index.aeron.EmbeddedDriver;
import dev.steerage.index.aeron.IndexAgent;
import dev.steerage.index.desk.CorpusDesk;
import dev.steerage.index.desk.LabelBook;
import dev.steerage.index.search.SearchLimits;
import dev.steerage.index.store.IndexLimits;
import dev.steerage.index.store.IndexMetric;
import dev.steerage.index.store.IndexMetrics;
import dev.steerage.schemas.aeron.IndexStreams;
import dev.steerage.schemas.aeron.TenantKeys;
import dev.steerage.schemas.index.CodeCounts;
import dev.steerage.schemas.index.LookupAnswers;
import dev.steerage.schemas.index.LookupRequests;
import dev.steerage.testkit.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.AgentRunner;

/// The index's own agent and driver, filled through its queue, which goes on while it is asked;
/// only Kafka is left out.
final class IndexPeer implements Peer {
  static final int QUESTION_BYTES =
      new LookupRequests()
          .counts(new ExpandableArrayBuffer(), 0, "acme", Frames.MODEL, Code.parse("L0.mlp:0"));

  private static final int RECORDS = 2_000;
  private static final int POSITIONS = 20;

  private static final Source LOADED = new Source("acme", "steerage.acme.activations", 1, 0, 2_000);

  private final IngestLoad load = new IngestLoad();
  private final EmbeddedDriver driver;
  private final AgentRunner runner;
  private final LookupRequests requests = new LookupRequests();
  private final Code[] codes = new Code[20];
  private long correlationId;

  IndexPeer(Path directory, IdleProfile profile) {
    driver = EmbeddedDriver.launch(directory, profile);
    var metrics = new IndexMetrics();
    var queue = new CommittedQueue(1 << 23, metrics);
    var settings = new AeronSettings(directory, IndexStreams.DEFAULT_CHANNEL, 8, TenantKeys.NONE);
    var labels = new LabelBook();
    var agent =
        new IndexAgent(
            settings,
            IndexLimits.defaults(),
            metrics,
            queue,
            new CorpusDesk(Path.of("no-corpora"), SearchLimits.defaults(), labels),
            labels,
            Optional.empty());
    agent.connect();
    runner = new AgentRunner(profile.strategy(), Peer::fail, null, agent);
    AgentRunner.startOnThread(runner);
    for (int i = 0; i < codes.length; i++) {
      codes[i] = Code.parse("L0.mlp:" + 50 * i);
    }
    fill(queue);
    Await.until(
        "filled index",
        Duration.ofSeconds(30),
        () -> metrics.get(IndexMetric.COMMITTED_RECORDS) == RECORDS);
    queue.put(new ModelSeen(load.model()));
    load.start(record -> queue.put(new ActivationsRecord(LOADED, record)));
  }

  private static void fill(CommittedQueue queue) {
    var random = new SplittableRandom(7);
    queue.put(new ModelSeen(Frames.model()));
    for (int i = 0; i < RECORDS; i++) {
      var message = new Message("acme", "r-" + i, 1, 0, Frames.places(random, POSITIONS));
      var source = new Source("acme", "steerage.acme.activations", 0, i, 1_000);
      queue.put(new ActivationsRecord(source, message.encode()));
    }
  }

  @Override
  public int ask(MutableDirectBuffer buffer) {
    Code code = codes[(int) (++correlationId % codes.length)];
    return requests.counts(buffer, correlationId, "acme", Frames.MODEL, code);
  }

  @Override
  public boolean isAnswered(DirectBuffer buffer, int offset, int length) {
    if (LookupAnswers.correlationId(buffer, offset) != correlationId) {
      return false;
    }
    CodeCounts counts = (CodeCounts) LookupAnswers.read(buffer, offset, length);
    if (counts.positions() != (long) RECORDS * POSITIONS || counts.firings() == 0) {
      throw new IllegalStateException("wrong answer: " + counts);
    }
    return true;
  }

  @Override
  public String questions(long answers) {
    return IndexStreams.requestsChannel(IndexStreams.DEFAULT_CHANNEL, answers);
  }

  @Override
  public int questionStream() {
    return IndexStreams.REQUESTS;
  }

  @Override
  public String answers() {
    return IndexStreams.responsesChannel(IndexStreams.DEFAULT_CHANNEL);
  }

  @Override
  public int answerStream() {
    return IndexStreams.RESPONSES;
  }

  @Override
  public void close() {
    load.close();
    runner.close();
    driver.close();
  }
}
