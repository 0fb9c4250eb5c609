package dev.steerage.schemas.aeron;

import dev.steerage.schemas.index.LookupAnswers;
import dev.steerage.schemas.index.LookupException;
import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.FragmentAssembler;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.logbuffer.Header;
import java.util.Optional;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;

/// One client's pair of streams to an index: requests out, its own answers in.
///
/// One thread at a time.
final class IndexConnection implements AutoCloseable {
  private static final int FRAGMENTS = 16;

  private final IndexClientConfig config;
  private final Aeron aeron;
  private final DriverIdentity driver;
  private final Subscription answers;
  private final ExclusivePublication requests;
  private final FragmentAssembler assembler = new FragmentAssembler(this::onFragment);
  private boolean wasReady;
  private long awaited;
  private Object answer;
  private LookupException failure;

  private IndexConnection(Aeron aeron, IndexClientConfig config) {
    String channel = config.channel();
    this.aeron = aeron;
    this.config = config;
    this.driver = DriverIdentity.of(config.aeronDirectory());
    this.answers =
        aeron.addSubscription(IndexStreams.responsesChannel(channel), IndexStreams.RESPONSES);
    this.requests =
        aeron.addExclusivePublication(
            IndexStreams.requestsChannel(channel, answers.registrationId()), IndexStreams.REQUESTS);
  }

  /// Connects to the media driver; the index may come later.
  static IndexConnection open(IndexClientConfig config) {
    Aeron aeron =
        Aeron.connect(
            new Aeron.Context()
                .aeronDirectoryName(config.aeronDirectory().toString())
                .driverTimeoutMs(config.timeout().toMillis())
                // A lost driver shows as closed streams; the caller's thread reports it.
                .errorHandler(_ -> {})
                .subscriberErrorHandler(_ -> {}));
    try {
      return new IndexConnection(aeron, config);
    } catch (RuntimeException e) {
      aeron.close();
      throw e;
    }
  }

  /// Whether an index listens and can answer.
  boolean isReady() {
    checkOpen();
    boolean ready = requests.isConnected() && answers.isConnected();
    wasReady |= ready;
    return ready;
  }

  /// Whether there was an index and there is none any more, or the media driver is another one: it
  /// died and left its streams as they were.
  boolean isLost() {
    return aeron.isClosed()
        || requests.isClosed()
        || !driver.equals(DriverIdentity.of(config.aeronDirectory()))
        || (wasReady && !(requests.isConnected() && answers.isConnected()));
  }

  /// What became of a request.
  enum Offer {
    TAKEN,
    /// The stream is full or busy: try again.
    AGAIN
  }

  /// Sends a request.
  ///
  /// @throws ConnectionLost if nobody listens any more
  Offer offer(DirectBuffer frame, int length) {
    long result = requests.offer(frame, 0, length);
    if (result > 0) {
      return Offer.TAKEN;
    }
    if (result == Publication.BACK_PRESSURED || result == Publication.ADMIN_ACTION) {
      return Offer.AGAIN;
    }
    // NOT_CONNECTED, CLOSED or MAX_POSITION_EXCEEDED: a new connection helps in each case.
    throw new ConnectionLost();
  }

  private void checkOpen() {
    if (aeron.isClosed() || requests.isClosed()) {
      throw new ConnectionLost();
    }
  }

  /// The index or its media driver went away.
  static final class ConnectionLost extends RuntimeException {
    ConnectionLost() {
      super("connection to the code index lost");
    }
  }

  /// The answer to a request, if it is here. Answers to requests that were given up are skipped.
  Optional<Object> poll(long correlationId) {
    awaited = correlationId;
    answer = null;
    failure = null;
    checkOpen();
    answers.poll(assembler, FRAGMENTS);
    if (failure != null) {
      throw failure;
    }
    return Optional.ofNullable(answer);
  }

  private void onFragment(DirectBuffer buffer, int offset, int length, Header header) {
    if (!LookupAnswers.isAnswer(buffer, offset, length)
        || LookupAnswers.correlationId(buffer, offset) != awaited) {
      return;
    }
    try {
      answer = LookupAnswers.read(buffer, offset, length);
    } catch (LookupException e) {
      failure = e;
    }
  }

  @Override
  public void close() {
    CloseHelper.quietCloseAll(requests, answers, aeron);
  }
}
