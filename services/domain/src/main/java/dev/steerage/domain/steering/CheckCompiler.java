package dev.steerage.domain.steering;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.rule.CodeSelection;
import dev.steerage.domain.rule.Condition;
import dev.steerage.domain.rule.When;
import dev.steerage.domain.text.TextPattern;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Turns the conditions of the rules of one program into checks, and collects what they look at.
final class CheckCompiler {
  private final Watches.Builder watches;
  private final Map<String, Integer> patterns = new LinkedHashMap<>();
  private int looks;

  CheckCompiler(ModelShape model) {
    watches = new Watches.Builder(model);
  }

  /// @param codes the codes of a selection
  Check compile(Condition condition, Function<CodeSelection, List<Code>> codes) {
    return switch (condition) {
      case Condition.InPhase(When.Phase phase) ->
          phase == When.Phase.ANY
              ? new Check.Always()
              : new Check.InPhase(phase == When.Phase.GENERATION);
      case Condition.At(When.Positions positions) -> positions(positions);
      case Condition.AfterToken(List<Integer> tokens) ->
          new Check.AfterToken(tokens.stream().mapToInt(Integer::intValue).sorted().toArray());
      case Condition.AfterSequence(List<Integer> tokens) ->
          new Check.AfterSequence(tokens.stream().mapToInt(Integer::intValue).toArray());
      case Condition.AfterText(String pattern) ->
          new Check.AfterText(patterns.computeIfAbsent(pattern, _ -> patterns.size()));
      case Condition.Fired(CodeSelection named, int within) ->
          counted(codes.apply(named), within, 1);
      case Condition.Count(CodeSelection named, int over, int atLeast) ->
          counted(codes.apply(named), over, atLeast);
      case Condition.All(List<Condition> parts) -> all(compile(parts, codes));
      case Condition.Any(List<Condition> parts) -> new Check.Any(compile(parts, codes));
      case Condition.Not(Condition part) -> new Check.Not(compile(part, codes));
    };
  }

  private Check counted(List<Code> codes, int over, int atLeast) {
    looks++;
    return new Check.Counted(watches.watch(codes), over, atLeast);
  }

  /// How many conditions so far look at codes that fired at earlier positions.
  int looks() {
    return looks;
  }

  private static Check all(Check[] parts) {
    return parts.length == 0
        ? new Check.Always()
        : parts.length == 1 ? parts[0] : new Check.All(parts);
  }

  private Check[] compile(List<Condition> parts, Function<CodeSelection, List<Code>> codes) {
    return parts.stream().map(part -> compile(part, codes)).toArray(Check[]::new);
  }

  private static Check positions(When.Positions positions) {
    return switch (positions) {
      case When.Positions.Listed(List<Integer> listed) ->
          new Check.Listed(listed.stream().mapToInt(Integer::intValue).toArray());
      case When.Positions.Range(int from, int to) -> new Check.Range(from, to);
      case When.Positions.Every(int every, int offset) -> new Check.Every(every, offset);
    };
  }

  Watches watches() {
    return watches.build();
  }

  List<TextPattern> patterns() {
    List<TextPattern> parsed = new ArrayList<>();
    patterns.keySet().forEach(pattern -> parsed.add(TextPattern.parse(pattern)));
    return parsed;
  }
}
