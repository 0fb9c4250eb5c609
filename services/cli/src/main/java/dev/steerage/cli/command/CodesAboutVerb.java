package dev.steerage.cli.command;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.connection.IndexOptions;
import dev.steerage.cli.terminal.Printable;
import dev.steerage.cli.terminal.Style;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.codebook.Code;
import dev.steerage.schemas.aeron.IndexClient;
import dev.steerage.schemas.index.AboutCode;
import dev.steerage.schemas.index.LookupException;
import dev.steerage.schemas.json.JsonOut;
import dev.steerage.schemas.json.Words;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `codes about`.
@Command(
    name = "about",
    aliases = "compare",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Show what a corpus says about codes: type, contexts, tokens, lens, relatives.",
    footer = "With several codes, one table compares them.")
final class CodesAboutVerb extends Verb {
  @Parameters(paramLabel = "CODE", arity = "1..*", description = "Codes, e.g. L3.mlp:471.")
  private List<String> names;

  @Option(names = "--model", required = true, paramLabel = "NAME", description = "Their model.")
  private String model;

  @Option(
      names = "--corpus",
      paramLabel = "NAME",
      defaultValue = "",
      description = "The corpus. Default: the model's first by name.")
  private String corpus;

  @Option(
      names = "--most",
      paramLabel = "N",
      defaultValue = "8",
      description = "Most entries of each list. Default: ${DEFAULT-VALUE}.")
  private int most;

  @Mixin private IndexOptions index = new IndexOptions();

  @Override
  protected ExitCode run(Terminal terminal) {
    List<Code> codes = names.stream().map(this::code).toList();
    try (IndexClient client = index.open(connection())) {
      List<AboutCode> found =
          codes.stream()
              .map(code -> client.about(connection().tenant(), model, corpus, code, most))
              .toList();
      if (connection().isJson()) {
        for (int i = 0; i < found.size(); i++) {
          Code code = codes.get(i);
          AboutCode about = found.get(i);
          JsonLines.object(terminal, out -> json(out, code, about));
        }
      } else if (found.size() == 1) {
        show(terminal, codes.getFirst(), found.getFirst());
      } else {
        compare(terminal, codes, found);
      }
      return ExitCode.OK;
    } catch (LookupException e) {
      throw CodesShowVerb.failure(e);
    }
  }

  private Code code(String name) {
    try {
      return Code.parse(name, model);
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCode.USAGE, e.getMessage(), e);
    }
  }

  private static void show(Terminal terminal, Code code, AboutCode about) {
    terminal.line(
        "%s  %s, %,d firings (%.3f %% of %,d tokens) in %,d of %,d documents of corpus %s"
            .formatted(
                terminal.styled(Style.STRONG, code.toString()),
                Words.of(about.type()),
                about.firings(),
                100 * about.rate(),
                about.positions(),
                about.firingDocuments(),
                about.documents(),
                about.corpus()));
    terminal.line(
        "position says %.4f nats; spread over %d sources %.2f bits"
            .formatted(about.positionInformation(), about.sources(), about.topicEntropy()));
    about
        .labels()
        .forEach(
            label ->
                terminal.line(
                    "label    %s (%s%s)"
                        .formatted(
                            Printable.line(label.text()),
                            label.author(),
                            label.owner().isEmpty() ? "" : ", " + label.owner())));
    terminal.line("on       " + tokens(about));
    terminal.line("raises   " + lens(about, token -> token.logit() > 0));
    terminal.line("lowers   " + lens(about, token -> token.logit() < 0));
    terminal.line("like     " + related(about, each -> !Double.isNaN(each.cosine())));
    terminal.line("with     " + related(about, each -> !Double.isNaN(each.phi())));
    for (AboutCode.Context each : about.contexts()) {
      terminal.line(
          "  "
              + Printable.line(each.before())
              + terminal.styled(Style.STEERED, "[" + Printable.line(each.token()) + "]")
              + Printable.line(each.after()));
    }
  }

  private static String tokens(AboutCode about) {
    return about.firedOn().stream()
        .map(
            on ->
                "'%s' %,d of %,d"
                    .formatted(Printable.line(on.text()), on.firings(), on.occurrences()))
        .collect(Collectors.joining("  "));
  }

  private static String lens(AboutCode about, Predicate<AboutCode.LensToken> only) {
    return about.lens().stream()
        .filter(only)
        .map(token -> "'%s' %+.2f".formatted(Printable.line(token.text()), token.logit()))
        .collect(Collectors.joining("  "));
  }

  private static String related(AboutCode about, Predicate<AboutCode.Related> only) {
    return about.related().stream()
        .filter(only)
        .map(
            each ->
                "%s %.2f%s"
                    .formatted(
                        each.code(),
                        Double.isNaN(each.cosine()) ? each.phi() : each.cosine(),
                        each.label().isEmpty() ? "" : " (" + Printable.line(each.label()) + ")"))
        .collect(Collectors.joining("  "));
  }

  private static void compare(Terminal terminal, List<Code> codes, List<AboutCode> found) {
    Table table = Table.of("code", "type", ">firings", ">rate", ">documents", "tokens", "label");
    for (int i = 0; i < found.size(); i++) {
      AboutCode about = found.get(i);
      table.row(
          codes.get(i),
          Words.of(about.type()),
          about.firings(),
          "%.3f %%".formatted(100 * about.rate()),
          about.firingDocuments(),
          about.firedOn().stream()
              .limit(4)
              .map(on -> "'" + on.text() + "'")
              .collect(Collectors.joining(" ")),
          about.labels().stream().map(label -> label.text()).findFirst().orElse(""));
    }
    table.print(terminal);
  }

  private static void json(JsonOut out, Code code, AboutCode about) {
    out.text("code", code.toString())
        .text("corpus", about.corpus())
        .word("type", about.type())
        .whole("firings", about.firings())
        .whole("positions", about.positions())
        .whole("firingDocuments", about.firingDocuments())
        .whole("documents", about.documents())
        .number("positionInformation", about.positionInformation())
        .number("topicEntropy", about.topicEntropy())
        .allObjects(
            "firedOn",
            about.firedOn(),
            (each, on) ->
                each.whole("token", on.token())
                    .text("text", on.text())
                    .whole("firings", on.firings())
                    .whole("occurrences", on.occurrences()))
        .allObjects(
            "lens",
            about.lens(),
            (each, token) ->
                each.whole("token", token.token())
                    .text("text", token.text())
                    .number("logit", token.logit()))
        .allObjects("related", about.related(), CodesAboutVerb::related)
        .allObjects(
            "labels",
            about.labels(),
            (each, label) ->
                each.text("text", label.text())
                    .text("author", label.author())
                    .text("owner", label.owner()))
        .allObjects(
            "contexts",
            about.contexts(),
            (each, context) ->
                each.whole("document", context.document())
                    .whole("position", context.position())
                    .whole("slot", context.slot())
                    .text("before", context.before())
                    .text("token", context.token())
                    .text("after", context.after()));
  }

  private static void related(JsonOut out, AboutCode.Related each) {
    out.text("code", each.code().toString()).text("label", each.label());
    if (!Double.isNaN(each.cosine())) {
      out.number("cosine", each.cosine());
    }
    if (!Double.isNaN(each.phi())) {
      out.number("phi", each.phi()).whole("together", each.together());
    }
  }
}
