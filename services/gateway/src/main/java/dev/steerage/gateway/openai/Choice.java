package dev.steerage.gateway.openai;

import dev.steerage.domain.codebook.Site;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.sbe.ActivationsDecoder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// One choice of an answer: what came of its request so far. For one thread.
final class Choice {
  private static final long CODES_NS = TimeUnit.SECONDS.toNanos(2);

  private final int index;
  private final int prompt;
  private final String request;
  private final GenerationRequest wanted;
  private final int bosToken;
  private final StopTrim<Completion.Token> trim;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private final Map<Integer, Map<String, List<Integer>>> codes = new HashMap<>();
  private final List<Shown> shown = new ArrayList<>();
  private List<Completion.PromptToken> promptTokens = List.of();
  private Optional<Completion.Token> perhapsEnd = Optional.empty();
  private Optional<Completion.Started> started = Optional.empty();
  private Optional<Completion.Finished> finished = Optional.empty();
  private int next;

  /// @param index among the choices of the answer
  /// @param prompt index of its prompt
  /// @param bosToken a token of this id may be the end of the text; -1: none may
  Choice(
      int index,
      int prompt,
      String request,
      GenerationRequest wanted,
      List<String> stops,
      int bosToken) {
    this.index = index;
    this.prompt = prompt;
    this.request = request;
    this.wanted = wanted;
    this.bosToken = bosToken;
    this.trim = new StopTrim<>(stops);
  }

  /// A token that is shown, with as much of its text as belongs to the answer.
  record Shown(Completion.Token token, String text, Optional<Map<String, List<Integer>>> codes) {}

  /// A token whose codes may still come.
  private record Waiting(Completion.Token token, String text, long sinceNs) {}

  int index() {
    return index;
  }

  int prompt() {
    return prompt;
  }

  String request() {
    return request;
  }

  Optional<Completion.Started> started() {
    return started;
  }

  Optional<Completion.Finished> finished() {
    return finished;
  }

  /// The prompt's tokens, where they were asked for and have come.
  List<Completion.PromptToken> promptTokens() {
    return promptTokens;
  }

  /// All tokens shown so far.
  List<Shown> shown() {
    return shown;
  }

  /// Nothing more comes.
  boolean isDone() {
    return finished.isPresent() && waiting.isEmpty();
  }

  /// Takes an event; what it shows comes from [#take].
  void accept(Completion event) {
    switch (event) {
      case Completion.Started first -> started = Optional.of(started.orElse(first));
      case Completion.Tokens tokens -> {
        if (promptTokens.isEmpty()) {
          promptTokens = echoed(tokens.prompt());
        }
        tokens.tokens().forEach(this::accept);
      }
      case Completion.Finished last -> finish(last);
      case Completion.Paired _ -> {
        // These routes have no word for a twin.
      }
      case Completion.Duplicate _ -> {
        // The id was made here; nobody else can have used it.
      }
    }
  }

  /// Of a prompt that was given as text, the model's first token is no part.
  private List<Completion.PromptToken> echoed(List<Completion.PromptToken> all) {
    boolean isText = wanted.prompts().get(prompt).text().isPresent();
    return isText && !all.isEmpty() && all.getFirst().id() == bosToken
        ? all.subList(1, all.size())
        : all;
  }

  private void accept(Completion.Token token) {
    if (token.index() < next || wanted.maxTokens() == 0) {
      return;
    }
    next = token.index() + 1;
    perhapsEnd.ifPresent(this::show);
    perhapsEnd = Optional.empty();
    if (token.id() == bosToken) {
      perhapsEnd = Optional.of(token);
    } else {
      show(token);
    }
  }

  private void show(Completion.Token token) {
    hold(trim.accept(token, token.text()));
  }

  private void finish(Completion.Finished last) {
    // The token that ends the text is none of it.
    if (last.reason() != Completion.Reason.EOS) {
      perhapsEnd.ifPresent(this::show);
    }
    perhapsEnd = Optional.empty();
    hold(trim.finish());
    finished = Optional.of(last);
  }

  private void hold(List<StopTrim.Shown<Completion.Token>> more) {
    long now = System.nanoTime();
    more.forEach(one -> waiting.add(new Waiting(one.token(), one.text(), now)));
  }

  /// Takes codes of some positions.
  void accept(ActivationsDecoder in) {
    for (int i = 0; i < in.positions(); i++) {
      Map<String, List<Integer>> bySite = new TreeMap<>();
      for (int site = 0; site < in.sites(); site++) {
        Site name = in.site(site);
        if (wanted.steering().sites().isEmpty() || wanted.steering().sites().contains(name)) {
          List<Integer> ids = new ArrayList<>();
          for (int slot = 0; slot < in.slots(site); slot++) {
            ids.add(in.code(i, site, slot));
          }
          bySite.put(name.toString(), ids);
        }
      }
      codes.put(in.firstPosition() + i, bySite);
    }
  }

  /// The tokens that can be shown now and were not before.
  List<Shown> take() {
    List<Shown> now = new ArrayList<>();
    while (!waiting.isEmpty()) {
      Waiting first = waiting.peek();
      Optional<Map<String, List<Integer>>> found = Optional.ofNullable(codes.get(position(first)));
      if (wanted.steering().codes()
          && found.isEmpty()
          && System.nanoTime() - first.sinceNs() < CODES_NS) {
        break;
      }
      waiting.remove();
      now.add(new Shown(first.token(), first.text(), found));
    }
    shown.addAll(now);
    return now;
  }

  /// Where the token was chosen.
  private int position(Waiting token) {
    int promptTokens = started.map(first -> first.promptTokens().size()).orElse(0);
    return promptTokens - 1 + token.token().index();
  }

  /// Text so far.
  String text() {
    var text = new StringBuilder();
    shown.forEach(one -> text.append(one.text()));
    return text.toString();
  }

  /// How OpenAI names the end.
  String finishReason() {
    return switch (finished.orElseThrow().reason()) {
      case EOS, STOP, CANCELLED -> "stop";
      // Cut short, as by a limit.
      case LENGTH, EXPIRED, REFUSED, FAILED -> "length";
    };
  }
}
