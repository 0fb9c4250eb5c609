package dev.steerage.schemas.json;

import dev.steerage.domain.rule.CodeSelection;
import dev.steerage.domain.rule.Condition;
import dev.steerage.domain.rule.When;
import dev.steerage.schemas.message.Refusal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `when`, and conditions: one key each; an object of several keys is their conjunction.
final class ConditionJson {
  private ConditionJson() {}

  static When readWhen(JsonIn in) {
    Optional<JsonIn> after = in.optionalObject("after", object -> object);
    List<Condition> further = new ArrayList<>();
    after
        .filter(object -> !object.has("tokens"))
        .map(ConditionJson::readAfter)
        .ifPresent(further::add);
    readFurther(in, further);
    return new When(
        in.has("phase") ? in.word("phase", When.Phase.class) : When.Phase.ANY,
        in.has("positions") ? Optional.of(readPositions(in)) : Optional.empty(),
        in.flag("once", false),
        after.map(object -> object.integers("tokens")).orElse(List.of()),
        in.optionalObject("fired", ConditionJson::readFired)
            .map(fired -> new When.Fired(fired.codes(), fired.within())),
        further);
  }

  static void writeWhen(JsonOut out, When when) {
    if (when.phase() != When.Phase.ANY) {
      out.word("phase", when.phase());
    }
    when.positions().ifPresent(positions -> writePositions(out, positions));
    if (when.once()) {
      out.flag("once", true);
    }
    Set<String> written = new HashSet<>();
    if (!when.after().isEmpty()) {
      write(out, new Condition.AfterToken(when.after()));
      written.add("after");
    }
    when.fired()
        .ifPresent(
            fired -> {
              write(out, new Condition.Fired(fired.codes(), fired.within()));
              written.add("fired");
            });
    writeFurther(out, when, written);
  }

  /// Each under its key; what has no key of its own left goes into `all`.
  private static void writeFurther(JsonOut out, When when, Set<String> written) {
    List<Condition> rest = new ArrayList<>();
    for (Condition condition : when.further()) {
      boolean isPlaced =
          switch (condition) {
            case Condition.InPhase _, Condition.At _, Condition.All _ -> false;
            default -> written.add(key(condition));
          };
      if (isPlaced) {
        write(out, condition);
      } else if (condition instanceof Condition.All(List<Condition> parts)) {
        rest.addAll(parts);
      } else {
        rest.add(condition);
      }
    }
    if (!rest.isEmpty()) {
      out.allObjects("all", rest, ConditionJson::write);
    }
  }

  /// Reads a condition.
  static Condition read(JsonIn in) {
    List<Condition> parts = new ArrayList<>();
    if (in.has("phase")) {
      parts.add(new Condition.InPhase(in.word("phase", When.Phase.class)));
    }
    if (in.has("positions")) {
      parts.add(new Condition.At(readPositions(in)));
    }
    in.optionalObject("after", ConditionJson::readAfter).ifPresent(parts::add);
    in.optionalObject("fired", ConditionJson::readFired).ifPresent(parts::add);
    readFurther(in, parts);
    if (parts.isEmpty()) {
      throw new BadJson(Refusal.MALFORMED, "a condition without content");
    }
    return parts.size() == 1 ? parts.getFirst() : new Condition.All(parts);
  }

  private static void readFurther(JsonIn in, List<Condition> parts) {
    in.optionalObject("count", ConditionJson::readCount).ifPresent(parts::add);
    if (in.has("any")) {
      parts.add(new Condition.Any(in.objects("any", ConditionJson::read)));
    }
    in.optionalObject("not", ConditionJson::read)
        .ifPresent(part -> parts.add(new Condition.Not(part)));
    if (in.has("all")) {
      parts.add(new Condition.All(in.objects("all", ConditionJson::read)));
    }
  }

  /// Writes a condition as an object of one key.
  static void write(JsonOut out, Condition condition) {
    switch (condition) {
      case Condition.InPhase(When.Phase phase) -> out.word("phase", phase);
      case Condition.At(When.Positions positions) -> writePositions(out, positions);
      case Condition.AfterToken(List<Integer> tokens) ->
          out.object("after", after -> after.allIntegers("tokens", tokens));
      case Condition.AfterSequence(List<Integer> tokens) ->
          out.object("after", after -> after.allIntegers("sequence", tokens));
      case Condition.AfterText(String pattern) ->
          out.object("after", after -> after.text("text", pattern));
      case Condition.Fired(CodeSelection codes, int within) ->
          out.object("fired", fired -> writeCodes(fired, codes).whole("within", within));
      case Condition.Count(CodeSelection codes, int over, int atLeast) ->
          out.object(
              "count",
              count -> writeCodes(count, codes).whole("over", over).whole("atLeast", atLeast));
      case Condition.All(List<Condition> parts) ->
          out.allObjects("all", parts, ConditionJson::write);
      case Condition.Any(List<Condition> parts) ->
          out.allObjects("any", parts, ConditionJson::write);
      case Condition.Not(Condition part) -> out.object("not", object -> write(object, part));
    }
  }

  private static String key(Condition condition) {
    return switch (condition) {
      case Condition.InPhase _ -> "phase";
      case Condition.At _ -> "positions";
      case Condition.AfterToken _, Condition.AfterSequence _, Condition.AfterText _ -> "after";
      case Condition.Fired _ -> "fired";
      case Condition.Count _ -> "count";
      case Condition.All _ -> "all";
      case Condition.Any _ -> "any";
      case Condition.Not _ -> "not";
    };
  }

  private static Condition readAfter(JsonIn in) {
    if (in.has("sequence")) {
      return new Condition.AfterSequence(in.integers("sequence"));
    }
    return in.has("text")
        ? new Condition.AfterText(in.text("text"))
        : new Condition.AfterToken(in.integers("tokens"));
  }

  private static Condition.Fired readFired(JsonIn in) {
    int within = in.integer("within");
    if (within < 1) {
      throw new BadJson(Refusal.BAD_NUMBER, "within=" + within + ", expected >= 1");
    }
    return new Condition.Fired(readCodes(in), within);
  }

  private static Condition.Count readCount(JsonIn in) {
    return new Condition.Count(readCodes(in), in.integer("over"), in.integer("atLeast"));
  }

  private static CodeSelection readCodes(JsonIn in) {
    return in.has("concept")
        ? new CodeSelection.Concept(in.text("concept"))
        : new CodeSelection.Codes(RuleJson.codes(in.texts("codes")));
  }

  private static JsonOut writeCodes(JsonOut out, CodeSelection selection) {
    return switch (selection) {
      case CodeSelection.Codes codes -> out.texts("codes", codes.codes());
      case CodeSelection.Concept concept -> out.text("concept", concept.name());
    };
  }

  private static When.Positions readPositions(JsonIn in) {
    if (in.at("positions").isArray()) {
      return new When.Positions.Listed(in.integers("positions"));
    }
    JsonIn positions = in.object("positions");
    if (positions.has("every")) {
      int every = positions.integer("every");
      int offset = positions.integer("offset", 0);
      if (every < 1 || offset < 0) {
        throw new BadJson(Refusal.BAD_NUMBER, "positions: every=" + every + ", offset=" + offset);
      }
      return new When.Positions.Every(every, offset);
    }
    return new When.Positions.Range(
        positions.integer("from", 0), positions.integer("to", Integer.MAX_VALUE));
  }

  private static void writePositions(JsonOut out, When.Positions positions) {
    switch (positions) {
      case When.Positions.Listed listed -> out.allIntegers("positions", listed.positions());
      case When.Positions.Range range ->
          out.object(
              "positions",
              object -> {
                object.whole("from", range.from());
                if (range.to() != Integer.MAX_VALUE) {
                  object.whole("to", range.to());
                }
              });
      case When.Positions.Every every ->
          out.object(
              "positions",
              object -> object.whole("every", every.every()).whole("offset", every.offset()));
    }
  }
}
