package dev.steerage.schemas.golden;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.rule.Action;
import dev.steerage.domain.rule.CodeSelection;
import dev.steerage.domain.rule.Condition;
import dev.steerage.domain.rule.Match;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.rule.Until;
import dev.steerage.domain.rule.When;
import dev.steerage.schemas.codec.Codec;
import dev.steerage.schemas.json.PublishedSchema;
import dev.steerage.schemas.message.CodeLabel;
import dev.steerage.schemas.message.Command;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.Prompt;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.schemas.message.Work;
import dev.steerage.schemas.topic.Topics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// What the golden encodings say, as values of today. A later version may only add lines here.
final class Examples {
  static final Rule FULL_RULE =
      new Rule(
          "calm-dragons",
          "stories",
          10,
          new Match(Optional.of("r-17"), Optional.of("s-3"), Map.of("app", "kids"), 12.5),
          new When(
              When.Phase.GENERATION,
              Optional.of(new When.Positions.Listed(List.of(3, 9))),
              true,
              List.of(5, 6),
              Optional.of(new When.Fired(codes("L0.attn.H13:471"), 8))),
          List.of(
              new Action.Activate(
                  codes("L0.attn.H13:471", "L1.mlp:2"), new Action.Slots.LeastSimilar()),
              new Action.Activate(codes("L2.mlp:2"), new Action.Slots.All()),
              new Action.Activate(codes("L3.mlp:2"), new Action.Slots.At(0)),
              new Action.Append(codes("L3.mlp:7")),
              new Action.Ablate(codes("L3.mlp:8")),
              new Action.Ban(new CodeSelection.Concept("fire"))),
          new Until(OptionalInt.of(64)),
          "ana");
  static final Rule RANGE_RULE = rule("range", new When.Positions.Range(2, 9));
  static final Rule OPEN_RULE = rule("open", new When.Positions.Range(2, Integer.MAX_VALUE));
  static final Rule EVERY_RULE = rule("every", new When.Positions.Every(4, 1));

  static final Rule CONDITIONS_RULE =
      new Rule(
          "no-fire",
          "stories",
          0,
          Match.ALL,
          new When(
              When.Phase.GENERATION,
              Optional.empty(),
              false,
              List.of(),
              Optional.empty(),
              List.of(
                  new Condition.AfterText("(?i)fire"),
                  new Condition.Count(new CodeSelection.Concept("fire"), 32, 3),
                  new Condition.Any(
                      List.of(
                          new Condition.AfterSequence(List.of(1, 2)),
                          new Condition.Fired(codes("L0.mlp:3"), 4))),
                  new Condition.Not(
                      new Condition.All(
                          List.of(
                              new Condition.At(new When.Positions.Range(0, 40)),
                              new Condition.AfterToken(List.of(7))))),
                  new Condition.All(
                      List.of(
                          new Condition.InPhase(When.Phase.GENERATION),
                          new Condition.At(new When.Positions.Every(2, 0)))))),
          List.of(
              new Action.Ban(new CodeSelection.Concept("fire")),
              new Action.Stop(),
              new Action.Tag("burning"),
              new Action.Alert(Action.Severity.CRITICAL, "a story catches fire")),
          new Until(
              OptionalInt.of(64),
              OptionalInt.of(3),
              OptionalLong.of(1_900_000_000_000L),
              Optional.of(new Condition.AfterToken(List.of(0)))),
          "ana");

  static final Prompt SMALL_PROMPT = Prompt.of("stories").text("Once").prompt();
  static final Prompt FULL_PROMPT =
      Prompt.of("tokfsm")
          .request("r-17")
          .session("s-3")
          .tokens(List.of(10, 1, 2, 3))
          .sampling(new Prompt.Sampling(0.8, 40, 0.95, 1.1, -42))
          .maxTokens(64)
          .topLogprobs(5)
          .stop(List.of("\n\n", "ende ü"))
          .labels(Map.of("app", "kids", "b", ""))
          .fence(new Prompt.Fence(12, 500))
          .deadlineMs(1_900_000_000_000L)
          .pace(2.5)
          .rules(
              List.of(
                  new Rule(
                      "mine",
                      "tokfsm",
                      0,
                      Match.ALL,
                      When.ALWAYS,
                      List.of(new Action.Ban(codes("L0.mlp:3"))),
                      Until.NEVER,
                      "prompt")))
          .capture(new Prompt.Capture(List.of("L0.mlp"), false))
          .prompt();

  static final Prompt UNSTEERED_PROMPT =
      Prompt.of("stories").request("r-17-unsteered").text("Once").standingRules(false).prompt();
  static final Prompt PAIRED_PROMPT = SMALL_PROMPT.withRequest("r-21").withPair(true);
  static final Prompt SCORED_PROMPT =
      Prompt.of("stories")
          .request("r-20")
          .text("Once")
          .maxTokens(1)
          .topLogprobs(5)
          .promptLogprobs(true)
          .prompt();
  static final Completion SCORED =
      new Completion.Tokens(
          "r-17",
          1,
          List.of(new Completion.Token(0, 417, " ü", -0.3125, List.of(), 12, false)),
          List.of(
              new Completion.PromptToken(10, "", OptionalDouble.empty(), List.of()),
              new Completion.PromptToken(
                  3,
                  "Once",
                  OptionalDouble.of(-1.5),
                  List.of(new Completion.Alternative(417, " ü", -0.3125)))));
  static final Completion PAIRED =
      new Completion.Paired(
          "r-21",
          1,
          List.of(
              new Completion.PairedToken(
                  0, 417, " ü", -0.3125, true, OptionalDouble.of(0.25), OptionalDouble.of(0.5)),
              new Completion.PairedToken(
                  1, 7, "", -2, true, OptionalDouble.empty(), OptionalDouble.empty())),
          Optional.of(
              new Completion.HalfEnd(
                  Completion.Half.STEERED,
                  Completion.Reason.STOP,
                  Optional.of("stopped by rule calm"),
                  List.of("burning"))));
  static final Completion COSTS =
      new Completion.Finished(
          "r-22",
          Completion.Reason.LENGTH,
          Optional.empty(),
          Optional.empty(),
          3,
          40,
          List.of(),
          List.of(new Completion.RuleCost("calm-dragons", 41, 328, 12.5)));
  static final Rule MANDATORY_RULE =
      new Rule(
          "no-fire",
          "stories",
          0,
          new Match(Optional.empty(), Optional.empty(), Map.of(), 100, true),
          When.ALWAYS,
          List.of(new Action.Ban(new CodeSelection.Concept("fire"))),
          Until.NEVER,
          "ana");

  static final Completion SESSION_STARTED =
      new Completion.Started(
          "r-19",
          "tokfsm",
          "0a1b",
          "vector/avx512/16/f32/0.1.0",
          "worker-1",
          1,
          List.of(10, 1, 2, 3, 4, 5),
          -1,
          Map.of("steerage.acme.rules", "dGVzdA"),
          0,
          Optional.of(new Completion.SessionTurn("s-3", 2, 4, Optional.of("r-17"))));
  static final Completion TOKENS =
      new Completion.Tokens(
          "r-17",
          2,
          List.of(
              new Completion.Token(
                  7,
                  417,
                  " ü",
                  -0.3125,
                  List.of(
                      new Completion.Alternative(417, " ü", -0.3125),
                      new Completion.Alternative(3, "", -1.5)),
                  12,
                  true),
              new Completion.Token(8, 0, "", 0, List.of(), -1, false)));

  private Examples() {}

  /// One golden encoding.
  ///
  /// @param file below `schemas/golden`
  record Example<T>(String file, Codec<T> codec, T value, PublishedSchema schema) {
    @Override
    public String toString() {
      return file;
    }
  }

  private static CodeSelection codes(String... names) {
    return new CodeSelection.Codes(Stream.of(names).map(Code::parse).toList());
  }

  private static Rule rule(String id, When.Positions positions) {
    return new Rule(
        id,
        "stories",
        0,
        Match.ALL,
        new When(
            When.Phase.ANY,
            Optional.of(positions),
            false,
            List.of(),
            Optional.of(new When.Fired(new CodeSelection.Concept("fire"), 1))),
        List.of(new Action.Ban(codes("L0.mlp:3"))),
        Until.NEVER,
        "ana");
  }

  static Stream<Example<?>> all() {
    return Stream.of(
            prompts(),
            commands(),
            rules(),
            acks(),
            completions(),
            PlatformExamples.all(),
            labels(),
            MonitorExamples.examples())
        .flatMap(examples -> examples);
  }

  private static Stream<Example<?>> prompts() {
    Codec<Prompt> codec = Topics.PROMPTS.value();
    return Stream.of(
        new Example<>("prompt/v1-small.json", codec, SMALL_PROMPT, PublishedSchema.PROMPT),
        new Example<>("prompt/v1-scored.json", codec, SCORED_PROMPT, PublishedSchema.PROMPT),
        new Example<>("prompt/v1-unsteered.json", codec, UNSTEERED_PROMPT, PublishedSchema.PROMPT),
        new Example<>("prompt/v1-paired.json", codec, PAIRED_PROMPT, PublishedSchema.PROMPT),
        new Example<>("prompt/v1-full.json", codec, FULL_PROMPT, PublishedSchema.PROMPT),
        new Example<>(
            "work/v1-full.json",
            Topics.work("tokfsm").value(),
            new Work("acme", "r-17", FULL_PROMPT, 3, 1L << 40, 1_700_000_000_123L),
            null));
  }

  private static Stream<Example<?>> labels() {
    return Stream.of(
        new Example<>(
            "label/v1-label.json",
            Topics.LABELS.value(),
            new CodeLabel("stories", Code.parse("L0.attn.H4:386"), "dragons", "ann"),
            PublishedSchema.LABEL));
  }

  private static Stream<Example<?>> commands() {
    Codec<Command> codec = Topics.COMMANDS.value();
    PublishedSchema schema = PublishedSchema.COMMAND;
    return Stream.of(
        new Example<>(
            "command/v1-cancel.json",
            codec,
            new Command(
                1,
                Optional.of("c-1"),
                "r-17",
                Command.Kind.CANCEL,
                OptionalLong.empty(),
                List.of(),
                "ana"),
            schema),
        new Example<>(
            "command/v1-deadline.json",
            codec,
            new Command(
                1,
                Optional.empty(),
                "r-17",
                Command.Kind.DEADLINE,
                OptionalLong.of(1_900_000_000_000L),
                List.of(),
                "ana"),
            schema),
        new Example<>(
            "command/v1-steer.json",
            codec,
            new Command(
                1,
                Optional.empty(),
                "r-17",
                Command.Kind.STEER,
                OptionalLong.empty(),
                List.of(new Action.Activate(codes("L0.mlp:3"), new Action.Slots.All())),
                "ana"),
            schema));
  }

  private static Stream<Example<?>> rules() {
    return Stream.of(
            Map.entry("put-full", new RuleChange.RulePut(FULL_RULE)),
            Map.entry("put-range", new RuleChange.RulePut(RANGE_RULE)),
            Map.entry("put-open", new RuleChange.RulePut(OPEN_RULE)),
            Map.entry("put-mandatory", new RuleChange.RulePut(MANDATORY_RULE)),
            Map.entry("put-every", new RuleChange.RulePut(EVERY_RULE)),
            Map.entry("put-conditions", new RuleChange.RulePut(CONDITIONS_RULE)),
            Map.entry("remove", new RuleChange.RuleRemoved("calm-dragons", "ana")),
            Map.entry(
                "concept",
                new RuleChange.ConceptPut(
                    "fire",
                    "stories",
                    List.of(Code.parse("L0.attn.H13:471"), Code.parse("L1.mlp:12")),
                    "ana")),
            Map.entry("remove-concept", new RuleChange.ConceptRemoved("fire", "ana")))
        .map(
            entry ->
                new Example<>(
                    "rule/v1-" + entry.getKey() + ".json",
                    Topics.RULES.value(),
                    entry.getValue(),
                    PublishedSchema.RULE));
  }

  private static Stream<Example<?>> acks() {
    Codec<RuleAck> codec = Topics.RULE_ACKS.value();
    return Stream.of(
        new Example<>(
            "rule-ack/v1-applied.json",
            codec,
            new RuleAck(
                RuleAck.Kind.APPLIED,
                "calm-dragons",
                RuleAck.SubjectKind.RULE,
                12,
                Optional.of("r-17"),
                OptionalInt.of(9),
                "worker-1",
                Optional.empty(),
                Optional.empty()),
            PublishedSchema.RULE_ACK),
        new Example<>(
            "rule-ack/v1-refused.json",
            codec,
            new RuleAck(
                RuleAck.Kind.REFUSED,
                "fire",
                RuleAck.SubjectKind.CONCEPT,
                13,
                Optional.empty(),
                OptionalInt.empty(),
                "worker-1",
                Optional.of(Refusal.UNKNOWN_CODE),
                Optional.of("code=L0.mlp:999")),
            PublishedSchema.RULE_ACK),
        new Example<>(
            "rule-ack/v1-lapsed.json",
            codec,
            new RuleAck(
                RuleAck.Kind.LAPSED,
                "calm-dragons",
                RuleAck.SubjectKind.RULE,
                12,
                Optional.of("r-17"),
                OptionalInt.empty(),
                "worker-1",
                Optional.empty(),
                Optional.empty()),
            PublishedSchema.RULE_ACK));
  }

  private static Stream<Example<?>> completions() {
    return Stream.of(
            Map.entry(
                "started",
                new Completion.Started(
                    "r-17",
                    "tokfsm",
                    "0a1b",
                    "vector/avx512/16/f32/0.1.0",
                    "worker-1",
                    2,
                    List.of(10, 1, 2, 3),
                    -1,
                    Map.of("steerage.acme.rules", "dGVzdA"),
                    7)),
            Map.entry("started-session", SESSION_STARTED),
            Map.entry("tokens", TOKENS),
            Map.entry("scored", SCORED),
            Map.entry("paired", PAIRED),
            Map.entry("costs", COSTS),
            Map.entry(
                "finished",
                new Completion.Finished(
                    "r-17", Completion.Reason.LENGTH, Optional.empty(), Optional.empty(), 4, 64)),
            Map.entry(
                "tagged",
                new Completion.Finished(
                    "r-17",
                    Completion.Reason.STOP,
                    Optional.empty(),
                    Optional.of("stopped by rule no-fire"),
                    4,
                    9,
                    List.of("burning", "b"))),
            Map.entry(
                "refused",
                new Completion.Finished(
                    "r-18",
                    Completion.Reason.REFUSED,
                    Optional.of(Refusal.FENCE_TIMEOUT),
                    Optional.of("revision 12 did not come within 500 ms"),
                    0,
                    0)),
            Map.entry("duplicate", new Completion.Duplicate("r-17", 3, 1L << 40)))
        .map(
            entry ->
                new Example<>(
                    "completion/v1-" + entry.getKey() + ".json",
                    Topics.COMPLETIONS.value(),
                    entry.getValue(),
                    PublishedSchema.COMPLETION));
  }
}
