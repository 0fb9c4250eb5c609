package dev.steerage.transformer.cuda;

import java.util.ArrayDeque;
import java.util.Deque;

/// What was opened so far, for a constructor that may fail in the middle.
final class Opened {
  private final Deque<Runnable> closers = new ArrayDeque<>();

  <T extends AutoCloseable> T add(T opened) {
    closers.push(() -> closeNow(opened));
    return opened;
  }

  /// Closes all of it, the last one first.
  void close() {
    closers.forEach(Runnable::run);
  }

  private static void closeNow(AutoCloseable opened) {
    try {
      opened.close();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("closing: " + opened.getClass().getSimpleName(), e);
    }
  }
}
