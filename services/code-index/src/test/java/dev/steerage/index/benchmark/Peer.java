package dev.steerage.index.benchmark;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// What a caller talks to: a running server on a media driver of its own.
interface Peer extends AutoCloseable {
  /// Writes the next question; its length.
  int ask(MutableDirectBuffer buffer);

  /// Reads the answer; whether it is the right one.
  boolean isAnswered(DirectBuffer buffer, int offset, int length);

  /// The channel and stream of questions; `answers` is the caller's subscription to answers.
  String questions(long answers);

  int questionStream();

  /// The channel of the caller's subscription to answers.
  String answers();

  int answerStream();

  /// An error of the server makes the run worthless.
  static void fail(Throwable error) {
    throw new IllegalStateException(error);
  }

  @Override
  void close();
}
