package dev.steerage.index.aeron;

import dev.steerage.index.desk.Reply;
import dev.steerage.index.store.IndexMetrics;
import dev.steerage.schemas.aeron.DriverIdentity;
import dev.steerage.schemas.aeron.IndexStreams;
import io.aeron.Aeron;
import io.aeron.FragmentAssembler;
import io.aeron.Subscription;
import io.aeron.logbuffer.Header;
import java.nio.file.Path;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The index's streams on one connection to a media driver. The agent's thread does everything,
/// Aeron's own housekeeping included.
final class AeronStreams implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AeronStreams.class);
  private static final int FRAGMENTS = 32;

  private final Path directory;
  private final DriverIdentity driver;
  private final Aeron aeron;
  private final LiveAdapter live;
  private final LookupAdapter lookups;
  private final AnswerWriter answers;
  private final ClientLinks clients;
  private final Subscription liveFrames;
  private final Subscription requests;
  private final FragmentAssembler liveAssembler;
  private final FragmentAssembler requestAssembler = new FragmentAssembler(this::onRequest);

  AeronStreams(
      AeronSettings settings,
      IndexMetrics metrics,
      LiveAdapter live,
      LookupAdapter lookups,
      AnswerWriter answers) {
    this.directory = settings.directory();
    this.live = live;
    this.lookups = lookups;
    this.answers = answers;
    liveAssembler = new FragmentAssembler(live);
    aeron =
        Aeron.connect(
            new Aeron.Context()
                .aeronDirectoryName(settings.directory().toString())
                .useConductorAgentInvoker(true)
                .errorHandler(AeronStreams::onError)
                .subscriberErrorHandler(AeronStreams::onError));
    driver = DriverIdentity.of(directory);
    try {
      clients = new ClientLinks(aeron, settings.channel(), settings.maxClients(), metrics);
      liveFrames =
          aeron.addSubscription(
              IndexStreams.liveChannel(settings.channel()), IndexStreams.ACTIVATIONS);
      requests =
          aeron.addSubscription(
              settings.channel(),
              IndexStreams.REQUESTS,
              image -> clients.connected(image),
              image -> {
                clients.disconnected(image);
                lookups.forget(image.sessionId());
              });
    } catch (RuntimeException e) {
      aeron.close();
      throw e;
    }
  }

  private static void onError(Throwable error) {
    LOG.atWarn().setCause(error).log("aeron reported an error");
  }

  /// Whether the media driver went away or another one took its place.
  boolean isLost() {
    return aeron.isClosed() || !driver.equals(DriverIdentity.of(directory));
  }

  int poll(long nowMs) {
    int work = aeron.conductorAgentInvoker().invoke();
    work += clients.advance();
    // Questions first: somebody waits for the answer.
    work += requests.poll(requestAssembler, FRAGMENTS);
    work += sendReplies();
    live.at(nowMs);
    work += liveFrames.poll(liveAssembler, FRAGMENTS);
    return work;
  }

  private int sendReplies() {
    int sent = 0;
    for (Reply reply = lookups.reply(); reply != null; reply = lookups.reply()) {
      clients.send(reply.session(), answers.buffer(), lookups.write(reply));
      sent++;
    }
    return sent;
  }

  private void onRequest(DirectBuffer buffer, int offset, int length, Header header) {
    int answer = lookups.answer(header.sessionId(), buffer, offset, length);
    if (answer != LookupAdapter.NO_ANSWER) {
      clients.send(header.sessionId(), answers.buffer(), answer);
    }
  }

  @Override
  public void close() {
    CloseHelper.quietClose(aeron);
  }
}
