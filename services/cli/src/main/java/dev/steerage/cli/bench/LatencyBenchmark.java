package dev.steerage.cli.bench;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.log.Feed;
import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.rule.Action;
import dev.steerage.domain.rule.CodeSelection;
import dev.steerage.domain.rule.Match;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.rule.Until;
import dev.steerage.domain.rule.When;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Command;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.ModelCard;
import dev.steerage.schemas.message.Prompt;
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.schemas.topic.Topics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/// What a person waits for, as a `read_committed` reader in this process sees it.
///
/// One request at a time (closed loop): the path is measured, not the queue before it.
final class LatencyBenchmark {
  /// Tokens per second of the request that a rule is published for.
  static final double RUNNING_PACE = 100;

  private static final String AUTHOR = "bench";

  private final EventLog log;
  private final TenantId tenant;
  private final ModelCard model;
  private final String run;

  /// @param run distinguishes the request and rule ids of this run
  LatencyBenchmark(EventLog log, TenantId tenant, ModelCard model, String run) {
    this.log = log;
    this.tenant = tenant;
    this.model = model;
    this.run = run;
  }

  /// Milliseconds from publishing a prompt of 8 tokens to reading its first token.
  double[] firstTokens(int warmUp, int count, IntConsumer progress) {
    double[] result = new double[count];
    try (var completions = new Watch<>(log.follow(Topics.COMPLETIONS.of(tenant), Feed.From.NOW))) {
      for (int i = -warmUp; i < count; i++) {
        String id = run + "-first-" + (i + warmUp);
        long start = System.nanoTime();
        log.send(Topics.PROMPTS.of(tenant), id, prompt(id, 8, 4, OptionalDouble.empty()));
        completions.await(id + ": first token", isToken(id));
        if (i >= 0) {
          result[i] = (System.nanoTime() - start) / 1e6;
          progress.accept(i + 1);
        }
        completions.await(id + ": finished", isFinished(id));
      }
    }
    return result;
  }

  /// Milliseconds from publishing a rule to reading its `applied` acknowledgement, for a request
  /// that is running at [#RUNNING_PACE].
  double[] rulesToApplied(int warmUp, int count, IntConsumer progress) {
    double[] result = new double[count];
    Code code = new Code(Site.parse(model.sites().getFirst().site()), 0);
    try (var completions = new Watch<>(log.follow(Topics.COMPLETIONS.of(tenant), Feed.From.NOW));
        var acks = new Watch<>(log.follow(Topics.RULE_ACKS.of(tenant), Feed.From.NOW))) {
      for (int i = -warmUp; i < count; i++) {
        String id = run + "-rule-" + (i + warmUp);
        int tokens = model.maxPositions() - 8;
        log.send(
            Topics.PROMPTS.of(tenant), id, prompt(id, 4, tokens, OptionalDouble.of(RUNNING_PACE)));
        completions.await(id + ": first token", isToken(id));
        long start = System.nanoTime();
        log.send(Topics.RULES.of(tenant), id, new RuleChange.RulePut(rule(id, code)));
        acks.await(
            id + ": applied",
            ack -> ack.subject().equals(id) && ack.kind() == RuleAck.Kind.APPLIED);
        if (i >= 0) {
          result[i] = (System.nanoTime() - start) / 1e6;
          progress.accept(i + 1);
        }
        log.send(Topics.COMMANDS.of(tenant), id, cancel(id));
        log.send(Topics.RULES.of(tenant), id, new RuleChange.RuleRemoved(id, AUTHOR));
        completions.await(id + ": finished", isFinished(id));
      }
    }
    return result;
  }

  private static Predicate<Completion> isToken(String id) {
    return event -> {
      if (event instanceof Completion.Finished finished && finished.request().equals(id)) {
        throw new CliException(
            ExitCode.REFUSED, id + ": ended without a token: " + finished.reason());
      }
      return event instanceof Completion.Tokens && event.request().equals(id);
    };
  }

  private static Predicate<Completion> isFinished(String id) {
    return event -> event instanceof Completion.Finished && event.request().equals(id);
  }

  private Prompt prompt(String id, int promptTokens, int maxTokens, OptionalDouble pace) {
    // Token ids, so that no tokenizer is needed; any ids do.
    List<Integer> tokens =
        IntStream.range(0, promptTokens)
            .mapToObj(i -> i == 0 && model.bosToken() >= 0 ? model.bosToken() : i)
            .toList();
    Prompt.Draft draft =
        Prompt.of(model.model())
            .request(id)
            .tokens(tokens)
            .sampling(new Prompt.Sampling(1, 0, 1, 1, 7))
            .maxTokens(maxTokens);
    pace.ifPresent(draft::pace);
    return draft.prompt();
  }

  private Rule rule(String request, Code code) {
    Match only = new Match(Optional.of(request), Optional.empty(), Map.of(), 100);
    Action activate =
        new Action.Activate(
            new CodeSelection.Codes(List.of(code)), new Action.Slots.LeastSimilar());
    return new Rule(
        request, model.model(), 0, only, When.ALWAYS, List.of(activate), Until.NEVER, AUTHOR);
  }

  private static Command cancel(String request) {
    return new Command(
        Command.VERSION,
        Optional.empty(),
        request,
        Command.Kind.CANCEL,
        OptionalLong.empty(),
        List.of(),
        AUTHOR);
  }
}
