package dev.steerage.domain.steering;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.rule.CodeSelection;
import dev.steerage.domain.rule.Condition;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleBook;
import dev.steerage.domain.rule.When;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// What rules mean, spelled out: everything is looked up in the whole history at every position.
/// Never optimised; [RuleCursor] is compared with it.
final class PlainRules {
  private final TokenBytes texts;
  private final List<Integer> tokens = new ArrayList<>();
  private final List<Set<Code>> natural = new ArrayList<>();
  private final Map<String, Used> used = new HashMap<>();
  private RuleBook book;
  private boolean generation;

  PlainRules(TokenBytes texts) {
    this.texts = texts;
  }

  /// What a rule has used up.
  private static final class Used {
    private boolean acted;
    private boolean over;
    private int tokens;
    private int uses;
  }

  /// The rules that act at the next position.
  Set<String> acting(RuleBook inForce, int token, boolean isGeneration) {
    book = inForce;
    generation = isGeneration;
    tokens.add(token);
    Set<String> acting = new TreeSet<>();
    for (Rule rule : inForce.rules("m")) {
      Used own = used.computeIfAbsent(rule.id(), _ -> new Used());
      boolean isDone =
          own.over
              || rule.when().once() && own.acted
              || own.tokens >= rule.until().tokens().orElse(Integer.MAX_VALUE)
              || own.uses >= rule.until().uses().orElse(Integer.MAX_VALUE);
      if (isDone) {
        continue;
      }
      if (rule.until().condition().filter(this::holds).isPresent()) {
        own.over = true;
      } else if (holds(rule.when().condition())) {
        own.acted = true;
        own.tokens += isGeneration ? 1 : 0;
        own.uses++;
        acting.add(rule.id());
      }
    }
    return acting;
  }

  /// The codes that the position chose.
  void chose(Set<Code> codes) {
    natural.add(codes);
  }

  void lapse(String rule) {
    used.computeIfAbsent(rule, _ -> new Used()).over = true;
  }

  private boolean holds(Condition condition) {
    int position = tokens.size() - 1;
    return switch (condition) {
      case Condition.InPhase(When.Phase phase) ->
          switch (phase) {
            case ANY -> true;
            case PROMPT -> !generation;
            case GENERATION -> generation;
          };
      case Condition.At(When.Positions positions) -> positions.contains(position);
      case Condition.AfterToken(List<Integer> any) -> any.contains(tokens.getLast());
      case Condition.AfterSequence(List<Integer> read) ->
          read.size() <= tokens.size()
              && tokens.subList(tokens.size() - read.size(), tokens.size()).equals(read);
      case Condition.AfterText(String pattern) -> endsInLastToken(pattern);
      case Condition.Fired(CodeSelection codes, int within) -> count(codes, within) > 0;
      case Condition.Count(CodeSelection codes, int over, int atLeast) ->
          count(codes, over) >= atLeast;
      case Condition.All(List<Condition> parts) -> parts.stream().allMatch(this::holds);
      case Condition.Any(List<Condition> parts) -> parts.stream().anyMatch(this::holds);
      case Condition.Not(Condition part) -> !holds(part);
    };
  }

  private int count(CodeSelection selection, int over) {
    List<Code> codes =
        switch (selection) {
          case CodeSelection.Codes named -> named.codes();
          case CodeSelection.Concept concept -> book.concept("m", concept.name()).orElseThrow();
        };
    int position = tokens.size() - 1;
    int count = 0;
    for (int at = Math.max(0, position - over); at < position; at++) {
      Set<Code> both = new HashSet<>(natural.get(at));
      both.retainAll(codes);
      count += both.isEmpty() ? 0 : 1;
    }
    return count;
  }

  private boolean endsInLastToken(String pattern) {
    String all = text(tokens);
    int before = text(tokens.subList(0, tokens.size() - 1)).length();
    Pattern ending = Pattern.compile("(?s:.*)(?:" + pattern + ")");
    for (int end = before + 1; end <= all.length(); end++) {
      if (ending.matcher(all.substring(0, end)).matches()) {
        return true;
      }
    }
    return false;
  }

  private String text(List<Integer> read) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    read.forEach(token -> bytes.writeBytes(texts.of(token)));
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
