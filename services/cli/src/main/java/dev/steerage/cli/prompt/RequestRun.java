package dev.steerage.cli.prompt;

import dev.steerage.schemas.json.Words;
import dev.steerage.schemas.message.Completion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What has come back for one request so far. For one thread.
public final class RequestRun {
  private final String request;
  private final List<Completion.Token> tokens = new ArrayList<>();
  private final List<Completion.PairedToken> twin = new ArrayList<>();
  private Completion.Started started;
  private Completion.Finished finished;
  private Completion.Duplicate duplicate;

  RequestRun(String request) {
    this.request = request;
  }

  /// Takes the next event; gives the tokens that are new. A successor of a dead worker never
  /// repeats a committed token, but who reads must not depend on it.
  List<Completion.Token> take(Completion event) {
    return switch (event) {
      case Completion.Started next -> {
        started = next;
        yield List.of();
      }
      case Completion.Tokens more -> {
        List<Completion.Token> fresh =
            more.tokens().stream().filter(token -> token.index() >= tokens.size()).toList();
        tokens.addAll(fresh);
        yield fresh;
      }
      case Completion.Paired more -> {
        more.tokens().stream().filter(token -> token.index() >= twin.size()).forEach(twin::add);
        yield List.of();
      }
      case Completion.Finished last -> {
        finished = last;
        yield List.of();
      }
      case Completion.Duplicate again -> {
        duplicate = again;
        yield List.of();
      }
    };
  }

  public String request() {
    return request;
  }

  /// The claim of the worker that runs it now.
  public Optional<Completion.Started> started() {
    return Optional.ofNullable(started);
  }

  /// Every token so far; the place in the list is the token's index.
  public List<Completion.Token> tokens() {
    return tokens;
  }

  /// Every token of the unsteered half of a pair so far, by index.
  public List<Completion.PairedToken> twin() {
    return twin;
  }

  public Optional<Completion.Finished> finished() {
    return Optional.ofNullable(finished);
  }

  public Optional<Completion.Duplicate> duplicate() {
    return Optional.ofNullable(duplicate);
  }

  /// Whether nothing more is to come.
  public boolean isOver() {
    return finished != null || duplicate != null;
  }

  /// Whether it ended as asked: not refused, failed, expired or cancelled.
  public boolean isComplete() {
    return finished != null
        && switch (finished.reason()) {
          case LENGTH, EOS, STOP -> true;
          case CANCELLED, EXPIRED, REFUSED, FAILED -> false;
        };
  }

  /// The text of all tokens so far.
  public String text() {
    StringBuilder text = new StringBuilder();
    tokens.forEach(token -> text.append(token.text()));
    return text.toString();
  }

  /// How it ended, as a line for people.
  public String ending() {
    if (duplicate != null) {
      return "duplicate of partition " + duplicate.partition() + " offset " + duplicate.offset();
    }
    if (finished == null) {
      return "running";
    }
    StringBuilder line = new StringBuilder(Words.of(finished.reason()));
    finished.refusal().ifPresent(refusal -> line.append(": ").append(Words.of(refusal)));
    finished.detail().ifPresent(detail -> line.append(" (").append(detail).append(')'));
    return line.toString();
  }
}
