package dev.steerage.admission.decision;

import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleProblem;
import dev.steerage.domain.rule.RuleValidation;
import dev.steerage.schemas.message.ModelCard;
import dev.steerage.schemas.message.Prompt;
import dev.steerage.schemas.message.Refusal;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What can be said about a well-formed prompt before a worker has it. What needs the tokenizer or
/// the rule log (text that is too long, concepts of inline rules) is left to the worker.
final class PromptCheck {
  private PromptCheck() {}

  /// Why a prompt cannot be served.
  record Problem(Refusal reason, String detail) {}

  static Optional<Problem> check(Prompt prompt, Models models) {
    Optional<ModelCard> card = models.find(prompt.model());
    if (card.isEmpty()) {
      return problem(
          Refusal.UNKNOWN_MODEL, "no worker has announced this model, or it has no work topic");
    }
    ModelShape shape = card.get().shape();
    return tokens(prompt, shape).or(() -> sites(prompt, shape)).or(() -> rules(prompt, shape));
  }

  private static Optional<Problem> tokens(Prompt prompt, ModelShape model) {
    for (int token : prompt.tokens()) {
      if (token >= model.vocabulary()) {
        return problem(Refusal.BAD_TOKEN, "token=" + token + ", limit=" + (model.vocabulary() - 1));
      }
    }
    // Every character of a text may be one token or part of one; a text is at least one token.
    long positions = Math.max(1, prompt.tokens().size()) + (long) prompt.maxTokens().orElse(1);
    if (positions > model.maxPositions()) {
      return problem(
          Refusal.OVER_LIMIT, "positions=" + positions + ", limit=" + model.maxPositions());
    }
    return Optional.empty();
  }

  private static Optional<Problem> sites(Prompt prompt, ModelShape model) {
    if (prompt.capture().isEmpty()) {
      return Optional.empty();
    }
    for (String name : prompt.capture().get().sites()) {
      if (!isSite(name, model)) {
        return problem(Refusal.UNKNOWN_SITE, "capture: the model has no site " + name);
      }
    }
    return Optional.empty();
  }

  private static boolean isSite(String name, ModelShape model) {
    try {
      return model.indexOf(Site.parse(name)).isPresent();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static Optional<Problem> rules(Prompt prompt, ModelShape model) {
    Set<String> ids = new HashSet<>();
    for (Rule rule : prompt.rules()) {
      if (!ids.add(rule.id())) {
        return problem(Refusal.BAD_NAME, "rules: two of the id " + rule.id());
      }
      List<RuleProblem> problems =
          RuleValidation.checkInline(rule, model, _ -> Optional.of(List.of()));
      if (!problems.isEmpty()) {
        RuleProblem first = problems.getFirst();
        return problem(Refusal.of(first.kind()), first.detail());
      }
    }
    return Optional.empty();
  }

  private static Optional<Problem> problem(Refusal reason, String detail) {
    return Optional.of(new Problem(reason, detail));
  }
}
