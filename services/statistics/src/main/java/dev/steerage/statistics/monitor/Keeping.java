package dev.steerage.statistics.monitor;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;

/// Writes the state of one monitor where it survives: a key for each scope and each chunk of the
/// baseline.
final class Keeping {
  private static final char SCOPE = 's';
  private static final char BASELINE = 'b';

  private final String prefix;
  private final MonitorSink sink;

  /// @param monitorKey tenant and monitor
  Keeping(String monitorKey, MonitorSink sink) {
    this.prefix = monitorKey + "/";
    this.sink = sink;
  }

  /// What is written for one part of the state.
  private interface Part {
    void write(DataOutputStream out) throws IOException;
  }

  /// A key of the state.
  ///
  /// @param monitorKey tenant and monitor
  /// @param isBaseline or a scope
  record Key(String monitorKey, boolean isBaseline, String name) {
    static Key of(String text) {
      // Neither a tenant nor a monitor has a slash in its name.
      int second = text.indexOf('/', text.indexOf('/') + 1);
      return new Key(
          text.substring(0, second),
          text.charAt(second + 1) == BASELINE,
          text.substring(second + 2));
    }
  }

  void keepScope(String scope, ScopeState state) {
    sink.keep(prefix + SCOPE + scope, bytes(state::write));
  }

  void forgetScope(String scope) {
    sink.keep(prefix + SCOPE + scope, null);
  }

  void keepBaseline(Baseline baseline, int chunk) {
    sink.keep(prefix + BASELINE + number(chunk), bytes(out -> baseline.write(chunk, out)));
  }

  void forgetBaseline(int chunk) {
    sink.keep(prefix + BASELINE + number(chunk), null);
  }

  /// In the order of the numbers.
  private static String number(int chunk) {
    return String.format(Locale.ROOT, "%06d", chunk);
  }

  private static byte[] bytes(Part part) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      part.write(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
