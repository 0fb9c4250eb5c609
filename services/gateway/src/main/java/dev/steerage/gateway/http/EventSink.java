package dev.steerage.gateway.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/// Server-sent events of one answer. For one thread.
///
/// A write waits while the reader does not read; the connection's idle time bounds the wait.
public final class EventSink {
  private static final byte[] SILENCE = bytes(":\n\n");
  private static final byte[] DATA = bytes("data: ");
  private static final byte[] END = bytes("\n\n");

  private final Response response;

  EventSink(Request request, Response response) {
    this.response = response;
    response.setStatus(200);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
    // Silence is no failure while a handler runs; a blocked write still is.
    request.addIdleTimeoutListener(_ -> false);
  }

  /// How long a client waits before it comes again.
  public void retry(int ms) throws IOException {
    write(bytes("retry: " + ms + "\n\n"));
  }

  /// One event with a name and an id.
  public void event(String name, String id, byte[] data) throws IOException {
    byte[] head = bytes("event: " + name + "\nid: " + id + "\ndata: ");
    ByteBuffer frame = ByteBuffer.allocate(head.length + data.length + END.length);
    frame.put(head).put(requireOneLine(data)).put(END).flip();
    Content.Sink.write(response, false, frame);
  }

  /// One event that is data alone.
  public void data(byte[] data) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(DATA.length + data.length + END.length);
    frame.put(DATA).put(requireOneLine(data)).put(END).flip();
    Content.Sink.write(response, false, frame);
  }

  /// A comment, so that both ends see that the other is there.
  public void silence() throws IOException {
    write(SILENCE);
  }

  /// The same, and the place from which a reader that comes again goes on.
  public void silence(String id) throws IOException {
    write(bytes(":\nid: " + id + "\n\n"));
  }

  /// Nothing more comes.
  public void end() throws IOException {
    Content.Sink.write(response, true, ByteBuffer.allocate(0));
  }

  private void write(byte[] bytes) throws IOException {
    Content.Sink.write(response, false, ByteBuffer.wrap(bytes));
  }

  /// A line break would begin another field.
  private static byte[] requireOneLine(byte[] data) {
    for (byte b : data) {
      if (b == '\n' || b == '\r') {
        throw new UncheckedIOException(new IOException("data of more than one line"));
      }
    }
    return data;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
