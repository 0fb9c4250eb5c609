package dev.steerage.index.aeron;

import dev.steerage.index.store.IndexMetric;
import dev.steerage.index.store.IndexMetrics;
import dev.steerage.schemas.aeron.IndexStreams;
import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Image;
import io.aeron.Publication;
import java.util.ArrayDeque;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.collections.Int2ObjectHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One publication per connected client, so that a client sees its own answers only and a slow one
/// holds up nobody else.
final class ClientLinks {
  private static final Logger LOG = LoggerFactory.getLogger(ClientLinks.class);
  // A rotating term makes one attempt fail; more than a few mean something else.
  private static final int ATTEMPTS = 10;

  private final Aeron aeron;
  private final String channel;
  private final int limit;
  private final IndexMetrics metrics;
  private final Int2ObjectHashMap<Link> links = new Int2ObjectHashMap<>();
  private final ArrayDeque<Image> arrived = new ArrayDeque<>();
  private final ArrayDeque<Image> left = new ArrayDeque<>();

  ClientLinks(Aeron aeron, String channel, int limit, IndexMetrics metrics) {
    this.aeron = aeron;
    this.channel = channel;
    this.limit = limit;
    this.metrics = metrics;
  }

  /// A client's requests can be read from now on. Called back by Aeron, which allows no calls from
  /// there: [#advance] does the work.
  void connected(Image image) {
    arrived.add(image);
  }

  /// A client is gone. Called back by Aeron.
  void disconnected(Image image) {
    left.add(image);
  }

  /// Makes and closes publications; the number of clients that came or went.
  int advance() {
    int work = arrived.size() + left.size();
    for (Image image = arrived.poll(); image != null; image = arrived.poll()) {
      add(image);
    }
    for (Image image = left.poll(); image != null; image = left.poll()) {
      Link link = links.remove(image.sessionId());
      if (link != null) {
        link.close();
      }
    }
    for (Link link : links.values()) {
      link.advance();
    }
    return work;
  }

  private void add(Image image) {
    if (links.size() >= limit) {
      metrics.increment(IndexMetric.REFUSED_CLIENTS);
      LOG.atWarn().addKeyValue("limit", limit).log("client refused");
      image.reject("too many clients, limit=" + limit);
      return;
    }
    String answers = IndexStreams.responsesChannel(channel, image.correlationId());
    links.put(
        image.sessionId(),
        new Link(aeron.asyncAddExclusivePublication(answers, IndexStreams.RESPONSES)));
  }

  /// Sends an answer to the client of a session. An answer that is not taken at once is dropped:
  /// the client asks again, and nobody else waits for it.
  void send(int session, DirectBuffer answer, int length) {
    Link link = links.get(session);
    if (link == null || !link.send(answer, length)) {
      metrics.increment(IndexMetric.DROPPED_RESPONSES);
    }
  }

  int size() {
    return links.size();
  }

  /// One client's publication, perhaps still in the making.
  private final class Link {
    private long registrationId;
    private ExclusivePublication publication;

    private Link(long registrationId) {
      this.registrationId = registrationId;
    }

    private void advance() {
      if (publication != null || registrationId == Aeron.NULL_VALUE) {
        return;
      }
      try {
        publication = aeron.getExclusivePublication(registrationId);
      } catch (RuntimeException e) {
        // The client left before its publication was there, or its channel is wrong.
        registrationId = Aeron.NULL_VALUE;
        LOG.atWarn().addKeyValue("channel", channel).setCause(e).log("no way back to a client");
      }
    }

    private boolean send(DirectBuffer answer, int length) {
      advance();
      if (publication == null) {
        return false;
      }
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        long result = publication.offer(answer, 0, length);
        if (result > 0) {
          return true;
        }
        if (result == Publication.MAX_POSITION_EXCEEDED) {
          // The client notices and connects again.
          close();
          return false;
        }
        if (result == Publication.BACK_PRESSURED
            || result == Publication.NOT_CONNECTED
            || result == Publication.CLOSED) {
          return false;
        }
        // ADMIN_ACTION: try again.
        Thread.onSpinWait();
      }
      return false;
    }

    private void close() {
      if (publication != null) {
        CloseHelper.quietClose(publication);
        publication = null;
      } else if (registrationId != Aeron.NULL_VALUE) {
        aeron.asyncRemovePublication(registrationId);
      }
      registrationId = Aeron.NULL_VALUE;
    }
  }
}
