package dev.steerage.gateway.http;

import dev.steerage.gateway.access.Caller;
import dev.steerage.schemas.json.BadJson;
import dev.steerage.schemas.json.Json;
import dev.steerage.schemas.json.JsonOut;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Fields;
import tools.jackson.databind.JsonNode;

/// One request and its answer. For one thread.
public final class Call {
  private static final int LONGEST_PARAMETER = 2_000;
  private static final int PIECE_BYTES = 8 * 1024;
  private static final long BODY_NS = TimeUnit.SECONDS.toNanos(30);

  private final Request request;
  private final Response response;
  private final Map<String, String> path;
  private final Caller caller;
  private final int maxBodyBytes;
  private final Fields query;

  Call(
      Request request,
      Response response,
      Map<String, String> path,
      Caller caller,
      int maxBodyBytes,
      Fields query) {
    this.request = request;
    this.response = response;
    this.path = path;
    this.caller = caller;
    this.maxBodyBytes = maxBodyBytes;
    this.query = query;
  }

  /// Who calls.
  public Caller caller() {
    return caller;
  }

  /// A part of the path, decoded.
  public String path(String name) {
    return path.get(name);
  }

  /// A header.
  public Optional<String> header(String name) {
    return Optional.ofNullable(request.getHeaders().get(name));
  }

  /// A parameter of the query.
  public Optional<String> query(String name) {
    String value = query.getValue(name);
    if (value != null && value.length() > LONGEST_PARAMETER) {
      throw HttpError.badRequest(name, "over-limit", "longer than " + LONGEST_PARAMETER);
    }
    return Optional.ofNullable(value).filter(text -> !text.isEmpty());
  }

  /// A list in the query: `a,b`.
  public List<String> queryList(String name) {
    return query(name).map(text -> List.of(text.split(","))).orElse(List.of());
  }

  /// A number in the query.
  public OptionalLong queryNumber(String name, long least, long most) {
    Optional<String> text = query(name);
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      long value = Long.parseLong(text.get());
      if (value >= least && value <= most) {
        return OptionalLong.of(value);
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw HttpError.badRequest(name, "bad-number", name + ": expected " + least + " to " + most);
  }

  /// A small number in the query.
  public int queryNumber(String name, int least, int most, int otherwise) {
    return (int) queryNumber(name, least, most).orElse(otherwise);
  }

  /// The body, an object of JSON.
  public JsonNode body() throws IOException {
    try {
      return Json.parse(bodyBytes(), maxBodyBytes);
    } catch (BadJson e) {
      throw HttpError.of(e.refusal(), null, e.getMessage());
    }
  }

  /// The body, whose type was said to be JSON.
  public byte[] bodyBytes() throws IOException {
    String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
    if (type == null || !type.split(";")[0].strip().equalsIgnoreCase("application/json")) {
      // Also keeps forms of foreign pages out: a browser asks before it sends this type.
      throw HttpError.wrongType("expected Content-Type: application/json");
    }
    if (request.getLength() > maxBodyBytes) {
      throw HttpError.tooLarge("body: bytes=" + request.getLength() + ", limit=" + maxBodyBytes);
    }
    try (InputStream in = Content.Source.asInputStream(request)) {
      return readAll(in);
    }
  }

  /// A single read waits no longer than the connection may be silent; all of them together no
  /// longer than this.
  private byte[] readAll(InputStream in) throws IOException {
    long end = System.nanoTime() + BODY_NS;
    var bytes = new ByteArrayOutputStream();
    byte[] piece = new byte[PIECE_BYTES];
    for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
      bytes.write(piece, 0, read);
      if (bytes.size() > maxBodyBytes) {
        throw HttpError.tooLarge("body: limit=" + maxBodyBytes);
      }
      if (System.nanoTime() - end > 0) {
        throw HttpError.badRequest(null, "too_slow", "the body took more than 30 s");
      }
    }
    return bytes.toByteArray();
  }

  /// Adds a header to the answer.
  public void setHeader(String name, String value) {
    response.getHeaders().put(name, value);
  }

  /// Answers with JSON.
  public void json(int status, Consumer<JsonOut> body) throws IOException {
    answer(status, "application/json", Json.write(body));
  }

  /// Answers with bytes.
  public void answer(int status, String type, byte[] body) throws IOException {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    Content.Sink.write(response, true, ByteBuffer.wrap(body));
  }

  /// Answers 204.
  public void nothing() throws IOException {
    response.setStatus(204);
    Content.Sink.write(response, true, ByteBuffer.allocate(0));
  }

  /// Begins a stream of events.
  public EventSink events() {
    return new EventSink(request, response);
  }

  void error(HttpError error) throws IOException {
    OptionalInt retry = error.retryAfterS();
    retry.ifPresent(s -> response.getHeaders().put("Retry-After", Integer.toString(s)));
    answer(error.status(), "application/json", error.body());
  }

  boolean isBegun() {
    return response.isCommitted();
  }
}
