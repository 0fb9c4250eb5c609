package dev.steerage.domain.rule;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.model.SiteShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;

/// Small rules for tests.
public final class Rules {
  public static final ModelShape MODEL =
      new ModelShape(
          "m",
          List.of(
              new SiteShape(Site.parse("L0.attn.H0"), 10, 3, 4),
              new SiteShape(Site.parse("L0.mlp"), 20, 1, 4)),
          12,
          64);

  private Rules() {}

  public static Rule rule(String id, int priority, Action... actions) {
    return new Rule(
        id, "m", priority, Match.ALL, When.ALWAYS, List.of(actions), Until.NEVER, "tester");
  }

  public static Rule with(Rule rule, Match match) {
    return new Rule(
        rule.id(),
        rule.model(),
        rule.priority(),
        match,
        rule.when(),
        rule.actions(),
        rule.until(),
        rule.author());
  }

  public static Rule with(Rule rule, When when) {
    return new Rule(
        rule.id(),
        rule.model(),
        rule.priority(),
        rule.match(),
        when,
        rule.actions(),
        rule.until(),
        rule.author());
  }

  public static Rule until(Rule rule, int tokens) {
    return new Rule(
        rule.id(),
        rule.model(),
        rule.priority(),
        rule.match(),
        rule.when(),
        rule.actions(),
        new Until(OptionalInt.of(tokens)),
        rule.author());
  }

  public static CodeSelection attn(int... codes) {
    return codes("L0.attn.H0", codes);
  }

  public static CodeSelection codes(String site, int... codes) {
    return new CodeSelection.Codes(
        Arrays.stream(codes).mapToObj(code -> new Code(Site.parse(site), code)).toList());
  }

  public static Action least(int... codes) {
    return new Action.Activate(attn(codes), new Action.Slots.LeastSimilar());
  }

  public static Action all(int code) {
    return new Action.Activate(attn(code), new Action.Slots.All());
  }

  public static Action at(int slot, int code) {
    return new Action.Activate(attn(code), new Action.Slots.At(slot));
  }

  public static Action ban(int... codes) {
    return new Action.Ban(attn(codes));
  }

  /// A rule with one to three random actions, most of them valid.
  public static Rule random(Random random) {
    List<Action> actions = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(3); i++) {
      int code = random.nextInt(10);
      actions.add(
          switch (random.nextInt(6)) {
            case 0 -> least(code);
            case 1 -> least(code, random.nextInt(10));
            case 2 -> all(code);
            case 3 -> at(random.nextInt(3), code);
            case 4 -> ban(code, random.nextInt(10));
            default -> new Action.Append(attn(code));
          });
    }
    return rule("r" + random.nextInt(8), random.nextInt(3), actions.toArray(new Action[0]));
  }

  public static Match percent(double percent) {
    return new Match(Optional.empty(), Optional.empty(), Map.of(), percent);
  }
}
