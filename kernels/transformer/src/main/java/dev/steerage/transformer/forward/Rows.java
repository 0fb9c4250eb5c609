package dev.steerage.transformer.forward;

import dev.steerage.transformer.intervention.Steering;

/// The rows of one forward: each is one position of one sequence. Rows of one sequence come in
/// position order.
///
/// The keys and values of a row's sequence lie in the pages `pages[pagesFrom .. ]`, position p in
/// the page p / [KvCache#PAGE] of them.
final class Rows {
  final int[] token;
  final int[] position;
  final int[] pagesFrom;
  final Steering[] steering;

  /// Row of the logits buffer that this row's logits go to; -1 = none wanted.
  final int[] logitsRow;

  int count;
  int logitsCount;

  Rows(int capacity) {
    token = new int[capacity];
    position = new int[capacity];
    pagesFrom = new int[capacity];
    steering = new Steering[capacity];
    logitsRow = new int[capacity];
  }

  void clear() {
    count = 0;
    logitsCount = 0;
  }
}
