package dev.steerage.schemas.aeron;

import io.aeron.ChannelUri;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where workers, the code index and its clients meet on Aeron.
///
/// Workers publish on [#ACTIVATIONS] through an exclusive publication each: the bytes of a Kafka
/// activations record, with a sequence number (1, 2, 3 and on, of frames produced, sent or not) as
/// Aeron's reserved value, so that the index sees what was dropped before the publication. Clients
/// ask on [#REQUESTS] and read their own answers, and nobody else's, on [#RESPONSES].
public final class IndexStreams {
  /// Shared memory of one host; a UDP channel such as `aeron:udp?endpoint=index:40456` between
  /// hosts.
  public static final String DEFAULT_CHANNEL = "aeron:ipc";

  /// Live activations, workers to index.
  public static final int ACTIVATIONS = 1001;

  /// Look-ups, clients to index.
  public static final int REQUESTS = 1002;

  /// Answers, index to one client each.
  public static final int RESPONSES = 1003;

  /// The largest live frame: an eighth of the term, Aeron's own bound for one message.
  public static final int MAX_ACTIVATIONS_FRAME_BYTES = 512 * 1024;

  private static final String ACTIVATIONS_TERM = "4m";
  private static final String REQUESTS_TERM = "128k";
  private static final String RESPONSES_TERM = "1m";

  /// The largest answer: an eighth of its term.
  public static final int MAX_RESPONSE_BYTES = 128 * 1024;

  private IndexStreams() {}

  /// The channel on which a worker adds its exclusive publication of [#ACTIVATIONS]: the base
  /// channel with a term length that holds the largest frame, unless the base names one.
  public static String activationsChannel(String channel) {
    return with(channel, "term-length", ACTIVATIONS_TERM);
  }

  /// The channel of an index's subscription to [#ACTIVATIONS]: untethered, so that one that hangs
  /// is left behind while others read. Alone, a hung index fills the stream; offers then fail at
  /// once and its workers drop frames.
  public static String liveChannel(String channel) {
    return with(channel, "tether", "false");
  }

  /// The channel of a client's publication of [#REQUESTS].
  ///
  /// @param responses registration id of the client's subscription to its answers
  public static String requestsChannel(String channel, long responses) {
    return with(
        with(channel, "term-length", REQUESTS_TERM),
        "response-correlation-id",
        Long.toString(responses));
  }

  /// The channel of a client's subscription to its answers. Over UDP the answers leave the index
  /// from the port after the one that it listens on.
  public static String responsesChannel(String channel) {
    ChannelUri uri = ChannelUri.parse(channel);
    if (uri.isIpc()) {
      return "aeron:ipc?control-mode=response";
    }
    String endpoint = uri.get("endpoint");
    int colon = endpoint == null ? -1 : endpoint.lastIndexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("channel=" + channel + ", expected endpoint=host:port");
    }
    int port = Integer.parseInt(endpoint.substring(colon + 1));
    return "aeron:udp?control-mode=response|control="
        + endpoint.substring(0, colon + 1)
        + (port + 1);
  }

  /// The channel on which the index publishes to one client.
  ///
  /// @param request correlation id of the image of the client's requests
  public static String responsesChannel(String channel, long request) {
    return with(
        with(responsesChannel(channel), "term-length", RESPONSES_TERM),
        "response-correlation-id",
        Long.toString(request));
  }

  /// The media driver's folder that services of one user and host share unless told otherwise: in
  /// shared memory where there is any.
  public static Path defaultDirectory() {
    Path memory = Path.of("/dev/shm");
    Path parent = Files.isWritable(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir"));
    return parent.resolve("steerage-aeron-" + System.getProperty("user.name"));
  }

  private static String with(String channel, String key, String value) {
    if (channel.contains(key + "=")) {
      return channel;
    }
    return channel + (channel.indexOf('?') < 0 ? "?" : "|") + key + "=" + value;
  }
}
