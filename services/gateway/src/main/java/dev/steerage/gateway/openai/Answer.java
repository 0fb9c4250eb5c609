package dev.steerage.gateway.openai;

import dev.steerage.schemas.json.JsonOut;
import dev.steerage.schemas.message.Completion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The JSON of both OpenAI routes, whole and in chunks.
final class Answer {
  private final GenerationRequest wanted;
  private final boolean isChat;
  private final String id;
  private final long createdS;
  private final List<String> echoes;

  /// @param echoes text before each prompt's completions; empty strings: none
  Answer(GenerationRequest wanted, boolean isChat, String id, long createdS, List<String> echoes) {
    this.wanted = wanted;
    this.isChat = isChat;
    this.id = id;
    this.createdS = createdS;
    this.echoes = List.copyOf(echoes);
  }

  private void head(JsonOut out, String object, String fingerprint) {
    out.text("id", id)
        .text("object", object)
        .whole("created", createdS)
        .text("model", wanted.model())
        .text("system_fingerprint", fingerprint);
  }

  /// The answer as a whole.
  void whole(JsonOut out, List<Choice> choices) {
    head(out, isChat ? "chat.completion" : "text_completion", fingerprint(choices.getFirst()));
    out.allObjects("choices", choices, this::choice);
    out.object("usage", usage -> usage(usage, choices));
  }

  private void choice(JsonOut out, Choice choice) {
    out.whole("index", choice.index());
    if (isChat) {
      out.object(
          "message",
          message ->
              message.text("role", "assistant").text("content", choice.text()).nil("refusal"));
    } else {
      out.text("text", echoes.get(choice.prompt()) + choice.text());
    }
    logprobs(out, choice, choice.shown());
    steering(out, choice.shown());
    out.text("finish_reason", choice.finishReason());
  }

  /// A chunk that opens a choice.
  void opening(JsonOut out, Choice choice) {
    chunk(
        out,
        choice,
        one -> {
          if (isChat) {
            one.object("delta", delta -> delta.text("role", "assistant").text("content", ""));
          } else {
            one.text("text", echoes.get(choice.prompt()));
          }
          one.nil("logprobs").nil("finish_reason");
        });
  }

  /// Whether a choice needs an opening chunk.
  boolean hasOpening(Choice choice) {
    return isChat || !echoes.get(choice.prompt()).isEmpty();
  }

  /// A chunk of more tokens.
  void more(JsonOut out, Choice choice, List<Choice.Shown> tokens) {
    var text = new StringBuilder();
    tokens.forEach(one -> text.append(one.text()));
    chunk(
        out,
        choice,
        one -> {
          text(one, text.toString());
          logprobs(one, choice, tokens);
          steering(one, tokens);
          one.nil("finish_reason");
        });
  }

  /// A choice's last chunk.
  void closing(JsonOut out, Choice choice) {
    chunk(
        out,
        choice,
        one -> {
          if (isChat) {
            one.object("delta", _ -> {});
          } else {
            one.text("text", "");
          }
          one.nil("logprobs").text("finish_reason", choice.finishReason());
        });
  }

  private void text(JsonOut out, String text) {
    if (isChat) {
      out.object("delta", delta -> delta.text("content", text));
    } else {
      out.text("text", text);
    }
  }

  private void chunk(JsonOut out, Choice choice, Consumer<JsonOut> body) {
    head(out, isChat ? "chat.completion.chunk" : "text_completion", fingerprint(choice));
    out.allObjects(
        "choices",
        List.of(choice),
        (one, only) -> {
          one.whole("index", only.index());
          body.accept(one);
        });
    if (wanted.includeUsage()) {
      out.nil("usage");
    }
  }

  /// The chunk with the usage.
  void usageChunk(JsonOut out, List<Choice> choices) {
    head(
        out, isChat ? "chat.completion.chunk" : "text_completion", fingerprint(choices.getFirst()));
    out.allObjects("choices", List.<Choice>of(), this::choice)
        .object("usage", usage -> usage(usage, choices));
  }

  /// A prompt counts once, however many choices it has.
  private void usage(JsonOut out, List<Choice> choices) {
    int prompt = 0;
    int completion = 0;
    for (Choice choice : choices) {
      Completion.Finished finished = choice.finished().orElseThrow();
      prompt += choice.index() % wanted.n() == 0 ? finished.promptTokens() : 0;
      completion += wanted.maxTokens() == 0 ? 0 : finished.completionTokens();
    }
    out.whole("prompt_tokens", prompt)
        .whole("completion_tokens", completion)
        .whole("total_tokens", prompt + completion);
  }

  private static String fingerprint(Choice choice) {
    return choice
        .started()
        .map(
            started ->
                String.format("fp_%08x", (started.modelHash() + started.numericClass()).hashCode()))
        .orElse("fp_unknown");
  }

  private void logprobs(JsonOut out, Choice choice, List<Choice.Shown> tokens) {
    if (wanted.topLogprobs().isEmpty()) {
      out.nil("logprobs");
    } else if (isChat) {
      out.object("logprobs", all -> all.allObjects("content", tokens, Answer::chatLogprob));
    } else {
      out.object("logprobs", all -> completionLogprobs(all, choice, tokens));
    }
  }

  private static void chatLogprob(JsonOut out, Choice.Shown shown) {
    logprob(out, shown.token().text(), shown.token().logprob());
    out.allObjects(
        "top_logprobs",
        shown.token().topLogprobs(),
        (one, top) -> logprob(one, top.text(), top.logprob()));
  }

  private static void logprob(JsonOut out, String token, double logprob) {
    List<Integer> bytes = new ArrayList<>();
    for (byte b : token.getBytes(StandardCharsets.UTF_8)) {
      bytes.add(b & 0xFF);
    }
    out.text("token", token).number("logprob", logprob).allIntegers("bytes", bytes);
  }

  private void completionLogprobs(JsonOut out, Choice choice, List<Choice.Shown> tokens) {
    List<Integer> offsets = new ArrayList<>();
    int offset = 0;
    for (Choice.Shown shown : choice.shown()) {
      if (tokens.contains(shown)) {
        offsets.add(offset);
      }
      offset += shown.text().length();
    }
    out.allTexts("tokens", tokens.stream().map(one -> one.token().text()).toList())
        .allNumbers("token_logprobs", tokens.stream().map(one -> one.token().logprob()).toList());
    if (wanted.topLogprobs().getAsInt() == 0) {
      out.nil("top_logprobs");
    } else {
      out.allObjects("top_logprobs", tokens, Answer::alternatives);
    }
    out.allIntegers("text_offset", offsets);
  }

  /// Two tokens may have the same text; the more probable one stands for both.
  private static void alternatives(JsonOut out, Choice.Shown shown) {
    var seen = new java.util.HashSet<String>();
    shown
        .token()
        .topLogprobs()
        .forEach(
            top -> {
              if (seen.add(top.text())) {
                out.number(top.text(), top.logprob());
              }
            });
  }

  private void steering(JsonOut out, List<Choice.Shown> tokens) {
    if (!wanted.steering().isIncluded()) {
      return;
    }
    out.object(
        "steering",
        all ->
            all.allObjects(
                "tokens",
                tokens,
                (one, shown) -> {
                  one.whole("index", shown.token().index())
                      .whole("id", shown.token().id())
                      .text("text", shown.token().text())
                      .whole("revision", shown.token().revision())
                      .flag("steered", shown.token().steered());
                  if (wanted.steering().codes()) {
                    shown
                        .codes()
                        .ifPresent(
                            codes ->
                                one.object("codes", bySite -> codes.forEach(bySite::allIntegers)));
                  }
                }));
  }
}
