package dev.steerage.cli.command;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.connection.IndexOptions;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.log.Models;
import dev.steerage.cli.model.ModelFolders;
import dev.steerage.cli.model.TokenTexts;
import dev.steerage.cli.terminal.Printable;
import dev.steerage.cli.terminal.Style;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.codebook.Code;
import dev.steerage.schemas.aeron.IndexClient;
import dev.steerage.schemas.index.CodeContexts;
import dev.steerage.schemas.index.CodeCounts;
import dev.steerage.schemas.index.LookupException;
import dev.steerage.schemas.json.Words;
import dev.steerage.schemas.message.ModelCard;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `codes show`.
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = "Show how often a code fired, on which tokens, and where lately.")
final class CodesShowVerb extends Verb {
  @Parameters(paramLabel = "CODE", description = "The code, e.g. L3.mlp:471.")
  private String name;

  @Option(names = "--model", required = true, paramLabel = "NAME", description = "Its model.")
  private String model;

  @Option(
      names = "--contexts",
      paramLabel = "N",
      defaultValue = "10",
      description = "Most contexts to show. Default: ${DEFAULT-VALUE}.")
  private int most;

  @Mixin private IndexOptions index = new IndexOptions();
  @Mixin private ModelFolders folders = new ModelFolders();

  @Override
  protected ExitCode run(Terminal terminal) {
    Code code = code();
    ModelCard card;
    try (EventLog log = connection().open()) {
      card = Models.card(log, model);
    }
    OptionalInt bos = card.bosToken() < 0 ? OptionalInt.empty() : OptionalInt.of(card.bosToken());
    TokenTexts texts = TokenTexts.of(folders.path(), model, bos);
    try (IndexClient client = index.open(connection())) {
      CodeCounts counts = client.counts(connection().tenant(), model, code);
      CodeContexts contexts = client.contexts(connection().tenant(), model, code, most);
      if (connection().isJson()) {
        json(terminal, code, counts, contexts);
      } else {
        show(terminal, code, counts, contexts, texts);
      }
      return ExitCode.OK;
    } catch (LookupException e) {
      throw failure(e);
    }
  }

  static CliException failure(LookupException e) {
    ExitCode exit =
        switch (e.reason()) {
          case UNAVAILABLE -> ExitCode.UNREACHABLE;
          case TIMEOUT -> ExitCode.TIMEOUT;
          case MALFORMED,
              UNSUPPORTED,
              UNKNOWN_TENANT,
              UNKNOWN_MODEL,
              UNKNOWN_SITE,
              UNKNOWN_CODE,
              UNKNOWN_CONCEPT,
              UNKNOWN_REQUEST,
              UNKNOWN_CORPUS,
              BAD_QUERY,
              LIMIT,
              BUSY,
              UNAUTHORIZED,
              INTERNAL ->
              ExitCode.REFUSED;
        };
    return new CliException(exit, Words.of(e.reason()) + ": " + e.getMessage(), e);
  }

  private Code code() {
    try {
      return Code.parse(name, model);
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCode.USAGE, e.getMessage(), e);
    }
  }

  private static void show(
      Terminal terminal, Code code, CodeCounts counts, CodeContexts contexts, TokenTexts texts) {
    terminal.line(
        "%s  %d of %d positions (%.3f %%), %d of them not committed yet, since %s"
            .formatted(
                terminal.styled(Style.STRONG, code.toString()),
                counts.firings(),
                counts.positions(),
                100 * counts.rate(),
                counts.live(),
                counts.knownSince()));
    if (!contexts.firedOn().isEmpty()) {
      terminal.line(
          "on tokens  "
              + contexts.firedOn().stream()
                  .map(on -> quoted(texts.text(on.token())) + " " + on.firings())
                  .collect(Collectors.joining("  ")));
    }
    for (CodeContexts.RuleTouch rule : contexts.rules()) {
      terminal.line(
          "rule %s put it into %,d slots, took it out of %,d, last %s"
              .formatted(Printable.line(rule.rule()), rule.put(), rule.taken(), rule.last()));
    }
    for (CodeContexts.Context context : contexts.contexts()) {
      terminal.line(
          "  %s @%d%s  %s"
              .formatted(
                  Printable.line(context.request()),
                  context.position(),
                  context.live() ? " live" : "",
                  marked(terminal, context, texts)));
    }
  }

  private static String quoted(String text) {
    return "'" + Printable.line(text) + "'";
  }

  /// The context with the firing token in brackets, so that it shows without colour too.
  private static String marked(Terminal terminal, CodeContexts.Context context, TokenTexts texts) {
    StringBuilder line = new StringBuilder();
    List<Integer> tokens = context.tokens();
    for (int i = 0; i < tokens.size(); i++) {
      String text = Printable.line(texts.text(tokens.get(i)));
      line.append(i == context.focus() ? terminal.styled(Style.STEERED, "[" + text + "]") : text);
    }
    return line.toString();
  }

  private static void json(Terminal terminal, Code code, CodeCounts counts, CodeContexts contexts) {
    JsonLines.object(
        terminal,
        out ->
            out.text("code", code.toString())
                .whole("firings", counts.firings())
                .whole("live", counts.live())
                .whole("positions", counts.positions())
                .text("knownSince", counts.knownSince().toString())
                .allObjects(
                    "firedOn",
                    contexts.firedOn(),
                    (each, on) ->
                        each.whole("token", on.token())
                            .whole("firings", on.firings())
                            .whole("over", on.over()))
                .allObjects(
                    "rules",
                    contexts.rules(),
                    (each, rule) ->
                        each.text("rule", rule.rule())
                            .whole("put", rule.put())
                            .whole("taken", rule.taken())
                            .text("last", rule.last().toString()))
                .allObjects(
                    "contexts",
                    contexts.contexts(),
                    (each, context) ->
                        each.text("request", context.request())
                            .whole("position", context.position())
                            .flag("live", context.live())
                            .whole("focus", context.focus())
                            .allIntegers("tokens", context.tokens())));
  }
}
