package dev.steerage.cli.command;

import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.rule.RuleText;
import dev.steerage.cli.rule.TokenProof;
import dev.steerage.cli.terminal.Printable;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.rule.Rule;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `rule proof`.
@Command(
    name = "proof",
    mixinStandardHelpOptions = true,
    description = "Say what is on record about one token: rules, slots, natural codes.",
    footer = {"", "What would have been without a rule is told by a replay or a paired run only."})
final class RuleProofVerb extends Verb {
  @Parameters(index = "0", paramLabel = "REQUEST", description = "Id of the request.")
  private String request;

  @Parameters(index = "1", paramLabel = "TOKEN", description = "Index of the token, from 0.")
  private int token;

  @Override
  protected ExitCode run(Terminal terminal) {
    TokenProof proof;
    try (EventLog log = connection().open()) {
      proof = TokenProof.read(log, connection().tenant(), request, token);
    }
    if (connection().isJson()) {
      json(terminal, proof);
    } else {
      show(terminal, proof);
    }
    return ExitCode.OK;
  }

  private static void show(Terminal terminal, TokenProof proof) {
    line(
        terminal,
        "token",
        proof.token().index()
            + ", id "
            + proof.token().id()
            + ", text '"
            + proof.token().text()
            + "', chosen at position "
            + proof.position());
    line(terminal, "model", proof.started().model() + ", " + proof.started().numericClass());
    line(
        terminal,
        "revision",
        proof.token().revision() + (proof.token().steered() ? ", steered" : ", not steered"));
    for (Rule rule : proof.matching()) {
      line(
          terminal,
          "in force",
          rule.id()
              + " by "
              + rule.author()
              + ": "
              + RuleText.actions(rule.actions())
              + " ("
              + RuleText.scope(rule)
              + ")");
    }
    for (TokenProof.Overwritten slot : proof.overwritten()) {
      line(
          terminal,
          "slot",
          slot.site()
              + " slot "
              + slot.slot()
              + ": "
              + slot.effective().map(code -> "code " + code).orElse("nothing")
              + (slot.rule().isEmpty() ? "" : " by rule " + slot.rule()));
    }
    if (proof.natural().isEmpty()) {
      line(terminal, "natural", "not captured");
    }
    proof
        .natural()
        .forEach(
            (site, codes) ->
                line(
                    terminal,
                    "natural",
                    site
                        + ": "
                        + codes.stream().map(String::valueOf).collect(Collectors.joining(" "))));
  }

  private static void line(Terminal terminal, String name, String value) {
    terminal.line(String.format("%-9s %s", name, Printable.line(value)));
  }

  private static void json(Terminal terminal, TokenProof proof) {
    JsonLines.object(
        terminal,
        out ->
            out.text("request", proof.started().request())
                .whole("token", proof.token().index())
                .whole("id", proof.token().id())
                .whole("position", proof.position())
                .whole("revision", proof.token().revision())
                .flag("steered", proof.token().steered())
                .allTexts("rules", proof.matching().stream().map(Rule::id).toList())
                .allObjects(
                    "overwritten",
                    proof.overwritten(),
                    (each, slot) -> {
                      each.text("site", slot.site().toString()).whole("slot", slot.slot());
                      slot.effective().ifPresent(code -> each.whole("code", code));
                      each.text("rule", slot.rule());
                    })
                .allObjects(
                    "natural",
                    proof.natural().entrySet(),
                    (each, site) ->
                        each.text("site", site.getKey().toString())
                            .allIntegers("codes", site.getValue())));
  }
}
