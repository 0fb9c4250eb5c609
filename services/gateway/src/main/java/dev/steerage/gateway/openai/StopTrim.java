package dev.steerage.gateway.openai;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Lets tokens through as soon as their text can no longer belong to a stop text, which is not part
/// of the answer. For one choice.
final class StopTrim<T> {
  private final List<String> stops;
  private final Deque<Held<T>> held = new ArrayDeque<>();
  private final StringBuilder waiting = new StringBuilder();
  private boolean stopped;

  StopTrim(List<String> stops) {
    this.stops = List.copyOf(stops);
  }

  /// A token and what its text was when it came.
  private record Held<T>(T token, String text) {}

  /// A token and as much of its text as belongs to the answer.
  record Shown<T>(T token, String text) {}

  /// Takes the next token; what may be shown now.
  List<Shown<T>> accept(T token, String text) {
    if (stopped) {
      return List.of();
    }
    held.add(new Held<>(token, text));
    waiting.append(text);
    int stop = firstStop();
    if (stop >= 0) {
      stopped = true;
      return show(stop, true);
    }
    return show(waiting.length() - longestBeginning(), false);
  }

  /// No token follows; what was held back and belongs to the answer.
  List<Shown<T>> finish() {
    return stopped ? List.of() : show(waiting.length(), false);
  }

  private int firstStop() {
    int first = -1;
    for (String stop : stops) {
      int at = waiting.indexOf(stop);
      if (at >= 0 && (first < 0 || at < first)) {
        first = at;
      }
    }
    return first;
  }

  /// The longest end of the text that could be the beginning of a stop text.
  private int longestBeginning() {
    int longest = 0;
    for (String stop : stops) {
      int most = Math.min(stop.length() - 1, waiting.length());
      for (int length = most; length > longest; length--) {
        if (ends(stop, length)) {
          longest = length;
          break;
        }
      }
    }
    return longest;
  }

  private boolean ends(String stop, int length) {
    int from = waiting.length() - length;
    for (int i = 0; i < length; i++) {
      if (waiting.charAt(from + i) != stop.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /// Shows so many characters: whole tokens, and of one that a stop text cuts the part before it.
  private List<Shown<T>> show(int characters, boolean cut) {
    List<Shown<T>> shown = new ArrayList<>();
    int left = characters;
    while (!held.isEmpty() && held.peek().text().length() <= left) {
      Held<T> next = held.remove();
      if (cut && left == 0 && next.text().isEmpty()) {
        break;
      }
      left -= next.text().length();
      waiting.delete(0, next.text().length());
      shown.add(new Shown<>(next.token(), next.text()));
    }
    if (cut && left > 0 && !held.isEmpty()) {
      Held<T> next = held.remove();
      shown.add(new Shown<>(next.token(), next.text().substring(0, left)));
    }
    return shown;
  }
}
