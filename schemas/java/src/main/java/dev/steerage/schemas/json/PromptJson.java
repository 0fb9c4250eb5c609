package dev.steerage.schemas.json;

import dev.steerage.domain.rule.Rule;
import dev.steerage.schemas.message.Command;
import dev.steerage.schemas.message.Prompt;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.schemas.message.Work;
import java.util.List;
import java.util.Optional;

/// Prompts, admitted prompts and commands, as in `prompt.schema.json` and `command.schema.json`.
public final class PromptJson {
  /// How long a fence waits where the prompt does not say.
  public static final long DEFAULT_FENCE_TIMEOUT_MS = 10_000;

  private PromptJson() {}

  /// Reads a prompt; everything but `model` and one of `text` and `tokens` has a default.
  public static Prompt read(JsonIn in) {
    int version = in.integer("version", Prompt.VERSION);
    if (version != Prompt.VERSION) {
      throw new BadJson(
          Refusal.UNKNOWN_VERSION, "version=" + version + ", expected " + Prompt.VERSION);
    }
    if (in.has("text") == in.has("tokens")) {
      throw new BadJson(Refusal.MALFORMED, "expected either text or tokens");
    }
    String model = in.text("model");
    List<Rule> rules = in.objects("rules", rule -> RuleJson.readRule(rule, model, "prompt"));
    return new Prompt(
        version,
        in.optionalText("request"),
        in.optionalText("session"),
        model,
        in.optionalText("text"),
        in.integers("tokens"),
        in.optionalObject("sampling", PromptJson::readSampling).orElse(Prompt.Sampling.GREEDY),
        in.optionalInteger("maxTokens"),
        in.integer("topLogprobs", 0),
        in.texts("stop"),
        in.textMap("labels"),
        in.has("minRevision")
            ? Optional.of(
                new Prompt.Fence(
                    in.whole("minRevision"), in.whole("fenceTimeoutMs", DEFAULT_FENCE_TIMEOUT_MS)))
            : Optional.empty(),
        in.optionalWhole("deadlineMs"),
        in.optionalNumber("pace"),
        rules,
        in.optionalObject(
            "capture",
            capture -> new Prompt.Capture(capture.texts("sites"), capture.flag("off", false))),
        in.flag("promptLogprobs", false),
        in.flag("standingRules", true),
        in.flag("pair", false));
  }

  private static Prompt.Sampling readSampling(JsonIn in) {
    Prompt.Sampling greedy = Prompt.Sampling.GREEDY;
    return new Prompt.Sampling(
        in.number("temperature", greedy.temperature()),
        in.integer("topK", greedy.topK()),
        in.number("topP", greedy.topP()),
        in.number("repetitionPenalty", greedy.repetitionPenalty()),
        in.whole("seed", greedy.seed()));
  }

  /// Writes a prompt; what has its default is left out.
  public static void write(JsonOut out, Prompt prompt) {
    if (prompt.version() != Prompt.VERSION) {
      out.whole("version", prompt.version());
    }
    out.text("request", prompt.request())
        .text("session", prompt.session())
        .text("model", prompt.model())
        .text("text", prompt.text());
    if (prompt.text().isEmpty()) {
      out.allIntegers("tokens", prompt.tokens());
    }
    if (!prompt.sampling().equals(Prompt.Sampling.GREEDY)) {
      out.object("sampling", sampling -> writeSampling(sampling, prompt.sampling()));
    }
    out.whole("maxTokens", prompt.maxTokens());
    if (prompt.topLogprobs() != 0) {
      out.whole("topLogprobs", prompt.topLogprobs());
    }
    out.texts("stop", prompt.stop()).textMap("labels", prompt.labels());
    prompt
        .fence()
        .ifPresent(
            fence ->
                out.whole("minRevision", fence.minRevision())
                    .whole("fenceTimeoutMs", fence.timeoutMs()));
    out.whole("deadlineMs", prompt.deadlineMs())
        .number("pace", prompt.pace())
        .objects("rules", prompt.rules(), RuleJson::writeRule)
        .object(
            "capture",
            prompt.capture(),
            (capture, value) -> {
              capture.texts("sites", value.sites());
              if (value.off()) {
                capture.flag("off", true);
              }
            });
    if (prompt.promptLogprobs()) {
      out.flag("promptLogprobs", true);
    }
    if (!prompt.standingRules()) {
      out.flag("standingRules", false);
    }
    if (prompt.pair()) {
      out.flag("pair", true);
    }
  }

  private static void writeSampling(JsonOut out, Prompt.Sampling sampling) {
    out.number("temperature", sampling.temperature());
    if (sampling.topK() != 0) {
      out.whole("topK", sampling.topK());
    }
    if (sampling.topP() != 1) {
      out.number("topP", sampling.topP());
    }
    if (sampling.repetitionPenalty() != 1) {
      out.number("repetitionPenalty", sampling.repetitionPenalty());
    }
    out.whole("seed", sampling.seed());
  }

  /// Reads an admitted prompt.
  public static Work readWork(JsonIn in) {
    return new Work(
        in.text("tenant"),
        in.text("request"),
        read(in.object("prompt")),
        in.integer("sourcePartition"),
        in.whole("sourceOffset"),
        in.whole("admittedMs"));
  }

  /// Writes an admitted prompt.
  public static void writeWork(JsonOut out, Work work) {
    out.text("tenant", work.tenant())
        .text("request", work.request())
        .object("prompt", prompt -> write(prompt, work.prompt()))
        .whole("sourcePartition", work.sourcePartition())
        .whole("sourceOffset", work.sourceOffset())
        .whole("admittedMs", work.admittedMs());
  }

  /// Reads a command.
  public static Command readCommand(JsonIn in) {
    int version = in.integer("version", Command.VERSION);
    if (version != Command.VERSION) {
      throw new BadJson(
          Refusal.UNKNOWN_VERSION, "version=" + version + ", expected " + Command.VERSION);
    }
    Command.Kind kind = in.word("kind", Command.Kind.class);
    if ((kind == Command.Kind.DEADLINE) != in.has("deadlineMs")
        || (kind == Command.Kind.STEER) != in.has("do")) {
      throw new BadJson(Refusal.MALFORMED, "deadlineMs belongs to kind deadline, do to kind steer");
    }
    return new Command(
        version,
        in.optionalText("command"),
        in.text("request"),
        kind,
        in.optionalWhole("deadlineMs"),
        in.objects("do", RuleJson::readAction),
        in.text("author", ""));
  }

  /// Writes a command.
  public static void writeCommand(JsonOut out, Command command) {
    if (command.version() != Command.VERSION) {
      out.whole("version", command.version());
    }
    out.text("command", command.command())
        .text("request", command.request())
        .word("kind", command.kind())
        .whole("deadlineMs", command.deadlineMs())
        .objects("do", command.actions(), RuleJson::writeAction);
    if (!command.author().isEmpty()) {
      out.text("author", command.author());
    }
  }
}
