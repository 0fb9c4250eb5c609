package dev.steerage.gateway.openai;

import dev.steerage.gateway.access.Role;
import dev.steerage.gateway.api.Parts;
import dev.steerage.gateway.api.PromptRoutes;
import dev.steerage.gateway.http.Call;
import dev.steerage.gateway.http.EventSink;
import dev.steerage.gateway.http.HttpError;
import dev.steerage.gateway.http.Route;
import dev.steerage.gateway.state.Models;
import dev.steerage.gateway.state.Tenant;
import dev.steerage.schemas.json.Json;
import dev.steerage.schemas.json.JsonOut;
import dev.steerage.schemas.message.Prompt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// The routes that OpenAI's clients call.
public final class OpenAiRoutes {
  private static final String COMPLETIONS = "/v1/completions";
  private static final String CHAT = "/v1/chat/completions";
  private static final Duration SILENCE = Duration.ofSeconds(5);
  private static final Duration CODES = Duration.ofMillis(100);
  private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.UTF_8);
  private static final long MS_PER_S = 1_000;

  private final Parts parts;

  public OpenAiRoutes(Parts parts) {
    this.parts = parts;
  }

  public List<Route> routes() {
    return List.of(
        Route.of("GET", "/v1/models", Role.VIEWER, this::models),
        Route.of("GET", "/v1/models/{model}", Role.VIEWER, this::model),
        Route.of("POST", COMPLETIONS, Role.OPERATOR, this::completions),
        Route.of("POST", CHAT, Role.OPERATOR, this::chat));
  }

  private void models(Call call) throws IOException {
    List<Models.Announced> models = parts.models().all();
    call.json(
        200, out -> out.text("object", "list").allObjects("data", models, OpenAiRoutes::model));
  }

  private void model(Call call) throws IOException {
    Models.Announced model = parts.models().require(call.path("model"));
    call.json(200, out -> model(out, model));
  }

  private static void model(JsonOut out, Models.Announced model) {
    out.text("id", model.card().model())
        .text("object", "model")
        .whole("created", model.atMs() / MS_PER_S)
        .text("owned_by", "steerage");
  }

  private void completions(Call call) throws IOException {
    long start = System.nanoTime();
    GenerationRequest wanted = CompletionBody.read(call.body());
    answer(call, wanted, false, start);
  }

  private void chat(Call call) throws IOException {
    long start = System.nanoTime();
    answer(call, ChatBody.read(call.body()), true, start);
  }

  private void answer(Call call, GenerationRequest wanted, boolean isChat, long start)
      throws IOException {
    Models.Announced model = parts.models().require(wanted.model());
    Tenant tenant = parts.tenant(call);
    PromptRoutes.checkRules(wanted.prompts().getFirst().rules(), model, tenant);
    List<String> echoes =
        wanted.prompts().stream().map(prompt -> echo(wanted, prompt, model)).toList();
    int count = wanted.prompts().size() * wanted.n();
    try (Tenant.Share _ = tenant.generations(count);
        var generation =
            Generation.start(parts, tenant, wanted, model, isChat ? "chatcmpl" : "cmpl")) {
      long createdS = System.currentTimeMillis() / MS_PER_S;
      var answer = new Answer(wanted, isChat, generation.id(), createdS, echoes);
      String route = isChat ? CHAT : COMPLETIONS;
      if (wanted.stream()) {
        generation.orCancel(() -> stream(call, generation, answer, wanted, start, route));
      } else {
        generation.orCancel(() -> whole(call, generation, answer, start, route));
      }
    }
  }

  private String echo(GenerationRequest wanted, Prompt prompt, Models.Announced model) {
    if (!wanted.echo()) {
      return "";
    }
    if (prompt.text().isPresent()) {
      return prompt.text().get();
    }
    if (wanted.scoresPrompt()) {
      return "";
    }
    List<String> texts =
        parts
            .texts()
            .tokens(model.card().model(), model.card().bosToken())
            .orElseThrow(
                () ->
                    HttpError.badRequest(
                        "echo", "unsupported_parameter", "echo of token ids: no texts at hand"));
    var text = new StringBuilder();
    prompt.tokens().stream().filter(id -> id < texts.size()).map(texts::get).forEach(text::append);
    return text.toString();
  }

  private void whole(Call call, Generation generation, Answer answer, long start, String route)
      throws IOException {
    long end = start + parts.limits().request().toNanos();
    boolean first = true;
    while (!generation.isDone()) {
      Optional<Choice> choice = generation.next(Duration.ofMillis(500));
      for (Choice one : generation.choices()) {
        first &= one.take().isEmpty() || !observed(first, route, start);
      }
      if (choice.isEmpty() && System.nanoTime() - end > 0) {
        throw HttpError.unavailable(
            "timeout", "no end after " + parts.limits().request() + "; use stream", 5);
      }
    }
    call.json(200, out -> answer.whole(out, generation.choices()));
  }

  private boolean observed(boolean first, String route, long start) {
    if (first) {
      parts.metrics().firstToken(route, System.nanoTime() - start);
    }
    return true;
  }

  private void stream(
      Call call,
      Generation generation,
      Answer answer,
      GenerationRequest wanted,
      long start,
      String route)
      throws IOException {
    long silentSince = System.nanoTime();
    Optional<EventSink> begun = Optional.empty();
    var told = new Told(generation.choices().size());
    boolean first = true;
    try {
      while (!generation.isDone() || begun.isEmpty()) {
        Optional<Choice> happened = generation.next(wanted.steering().codes() ? CODES : SILENCE);
        boolean silent = System.nanoTime() - silentSince > SILENCE.toNanos();
        if (begun.isEmpty() && (happened.isPresent() || silent)) {
          // Only now: what is refused at once has a status of its own.
          begun = Optional.of(call.events());
        }
        for (Choice choice : begun.isPresent() ? generation.choices() : List.<Choice>of()) {
          boolean shown = say(begun.get(), answer, choice, told);
          first = first && !(shown && observed(true, route, start));
        }
        if (happened.isPresent()) {
          silentSince = System.nanoTime();
        } else if (silent && begun.isPresent()) {
          begun.get().silence();
          silentSince = System.nanoTime();
        }
        requireLife(silentSince, start);
      }
    } catch (HttpError e) {
      if (begun.isEmpty()) {
        throw e;
      }
      begun.get().data(e.body());
      begun.get().end();
      generation.cancel();
      return;
    } catch (IOException e) {
      parts.metrics().cutOff();
      throw e;
    }
    if (wanted.includeUsage()) {
      write(begun.orElseThrow(), out -> answer.usageChunk(out, generation.choices()));
    }
    begun.orElseThrow().data(DONE);
    begun.get().end();
  }

  /// Which choices were opened and closed.
  private static final class Told {
    final boolean[] opened;
    final boolean[] closed;

    Told(int choices) {
      opened = new boolean[choices];
      closed = new boolean[choices];
    }
  }

  /// Writes what came of a choice.
  ///
  /// @return whether it shows a token
  private static boolean say(EventSink sink, Answer answer, Choice choice, Told told)
      throws IOException {
    List<Choice.Shown> tokens = choice.take();
    int index = choice.index();
    if (!told.opened[index] && answer.canOpen(choice)) {
      told.opened[index] = true;
      write(sink, out -> answer.opening(out, choice));
    }
    if (!tokens.isEmpty()) {
      write(sink, out -> answer.more(out, choice, tokens));
    }
    if (choice.isDone() && !told.closed[index]) {
      told.closed[index] = true;
      write(sink, out -> answer.closing(out, choice));
    }
    return !tokens.isEmpty();
  }

  /// A stream may last long, but not without a token for longer than a whole answer may take.
  private void requireLife(long silentSince, long start) {
    long limit = parts.limits().request().toNanos();
    if (System.nanoTime() - Math.max(silentSince, start) > limit) {
      throw HttpError.unavailable("timeout", "nothing came for " + parts.limits().request(), 5);
    }
  }

  private static void write(EventSink sink, Consumer<JsonOut> chunk) throws IOException {
    sink.data(Json.write(chunk));
  }
}
