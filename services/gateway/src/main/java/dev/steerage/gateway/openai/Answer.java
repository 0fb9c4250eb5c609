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
      out.text("text", echo(choice) + choice.text());
    }
    logprobs(out, choice, choice.promptTokens(), choice.shown());
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
            one.text("text", echo(choice));
          }
          if (wanted.scoresPrompt()) {
            logprobs(one, choice, choice.promptTokens(), List.of());
          } else {
            one.nil("logprobs");
          }
          one.nil("finish_reason");
        });
  }

  /// The texts of token ids come with their log-probabilities, where these were asked for.
  private String echo(Choice choice) {
    if (!wanted.scoresPrompt() || wanted.prompts().get(choice.prompt()).text().isPresent()) {
      return echoes.get(choice.prompt());
    }
    var text = new StringBuilder();
    choice.promptTokens().forEach(token -> text.append(token.text()));
    return text.toString();
  }

  /// Whether a choice has an opening chunk that can be written now: with log-probabilities of the
  /// prompt, they have to be there.
  boolean canOpen(Choice choice) {
    return (isChat || wanted.echo())
        && (!wanted.scoresPrompt() || !choice.promptTokens().isEmpty() || choice.isDone());
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
          logprobs(one, choice, List.of(), tokens);
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

  /// @param prompt tokens of the prompt, where they are part of the text
  private void logprobs(
      JsonOut out, Choice choice, List<Completion.PromptToken> prompt, List<Choice.Shown> tokens) {
    if (wanted.topLogprobs().isEmpty()) {
      out.nil("logprobs");
    } else if (isChat) {
      out.object("logprobs", all -> all.allObjects("content", tokens, Answer::chatLogprob));
    } else {
      boolean withTop = wanted.topLogprobs().getAsInt() > 0;
      out.object(
          "logprobs", all -> CompletionLogprobs.of(choice, prompt, tokens).write(all, withTop));
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
