package dev.steerage.index.benchmark;

import dev.steerage.index.IdleProfile;
import dev.steerage.index.aeron.EmbeddedDriver;
import dev.steerage.index.store.BatchReader;
import dev.steerage.index.store.CodeIndex;
import dev.steerage.index.store.IndexLimits;
import dev.steerage.index.store.IndexMetrics;
import dev.steerage.index.store.Origin;
import dev.steerage.schemas.sbe.index.CountsResponseEncoder;
import dev.steerage.schemas.sbe.index.MessageHeaderEncoder;
import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.logbuffer.FragmentHandler;
import java.nio.file.Path;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.UnsafeBuffer;

/// Sends back as many bytes as an answer has, at once: what the transport and the idle strategy
/// cost by themselves.
final class EchoPeer implements Peer {
  private static final String CHANNEL = "aeron:ipc?term-length=1m";
  private static final int QUESTIONS = 2001;
  private static final int ANSWERS = 2002;
  private static final int ANSWER_BYTES =
      MessageHeaderEncoder.ENCODED_LENGTH + CountsResponseEncoder.BLOCK_LENGTH;

  private final IngestLoad load = new IngestLoad();
  private final EmbeddedDriver driver;
  private final Aeron aeron;
  private final AgentRunner runner;

  EchoPeer(Path directory, IdleProfile profile) {
    driver = EmbeddedDriver.launch(directory, profile);
    aeron =
        Aeron.connect(
            new Aeron.Context()
                .aeronDirectoryName(directory.toString())
                .useConductorAgentInvoker(true));
    runner = new AgentRunner(profile.strategy(), Peer::fail, null, new Echo(aeron));
    AgentRunner.startOnThread(runner);
    takeLoad();
  }

  /// Another thread counts the same records: the same work beside it.
  private void takeLoad() {
    var index = new CodeIndex(IndexLimits.defaults(), new IndexMetrics());
    index.modelSeen(load.model());
    var reader = new BatchReader(index);
    var frame = new UnsafeBuffer();
    load.start(
        record -> {
          frame.wrap(record);
          if (reader.read(frame, 0, record.length).isPresent()) {
            throw new IllegalStateException("record refused");
          }
          index.committed("acme", reader.model(), reader.batch(), new Origin(2_000, 0, 1));
        });
  }

  /// As the index's agent: Aeron's housekeeping on the same thread.
  private static final class Echo implements Agent {
    private final Aeron aeron;
    private final Subscription questions;
    private final ExclusivePublication answers;
    private final UnsafeBuffer answer = new UnsafeBuffer(new byte[ANSWER_BYTES]);
    private final FragmentHandler handler = (_, _, _, _) -> send();

    private Echo(Aeron aeron) {
      this.aeron = aeron;
      questions = aeron.addSubscription(CHANNEL, QUESTIONS);
      answers = aeron.addExclusivePublication(CHANNEL, ANSWERS);
    }

    private void send() {
      while (answers.offer(answer) < 0) {
        Thread.onSpinWait();
      }
    }

    @Override
    public int doWork() {
      return aeron.conductorAgentInvoker().invoke() + questions.poll(handler, 32);
    }

    @Override
    public String roleName() {
      return "echo";
    }
  }

  @Override
  public int ask(MutableDirectBuffer buffer) {
    return IndexPeer.QUESTION_BYTES;
  }

  @Override
  public boolean isAnswered(DirectBuffer buffer, int offset, int length) {
    return length == ANSWER_BYTES;
  }

  @Override
  public String questions(long answers) {
    return CHANNEL;
  }

  @Override
  public int questionStream() {
    return QUESTIONS;
  }

  @Override
  public String answers() {
    return CHANNEL;
  }

  @Override
  public int answerStream() {
    return ANSWERS;
  }

  @Override
  public void close() {
    load.close();
    runner.close();
    aeron.close();
    driver.close();
  }
}
