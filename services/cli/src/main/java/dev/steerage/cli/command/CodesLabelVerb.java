package dev.steerage.cli.command;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.label.ModelLabeller;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.terminal.Printable;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.codebook.Code;
import dev.steerage.schemas.json.JsonOut;
import dev.steerage.schemas.message.CodeLabel;
import dev.steerage.schemas.topic.Topic;
import dev.steerage.schemas.topic.Topics;
import java.util.concurrent.CompletionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `codes label`.
@Command(
    name = "label",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Say what a code is called; an empty text takes the label away.")
final class CodesLabelVerb extends Verb {
  private static final int MOST_CHARACTERS = 500;

  @Parameters(index = "0", paramLabel = "CODE", description = "The code, e.g. L3.mlp:471.")
  private String name;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "TEXT",
      description = "Its label; not with --by-model.")
  private String text;

  @Option(names = "--model", required = true, paramLabel = "NAME", description = "Its model.")
  private String model;

  @Option(
      names = "--author",
      paramLabel = "NAME",
      defaultValue = "${sys:user.name}",
      description = "Who says so. Default: ${DEFAULT-VALUE}, of a model 'model:NAME'.")
  private String author;

  @Mixin private LabelByModel byModel = new LabelByModel();

  @Option(
      names = "--platform",
      description = "For all tenants; only the platform's administrator may write that.")
  private boolean isPlatform;

  @Override
  protected ExitCode run(Terminal terminal) {
    CodeLabel label = label();
    try (EventLog log = connection().open()) {
      EventLog.Place place = log.send(topic(), label.key(), label).join();
      if (connection().isJson()) {
        JsonLines.object(terminal, out -> json(out, label, place));
      } else {
        terminal.line(
            label.code()
                + (label.text().isEmpty()
                    ? " has no label"
                    : ": " + Printable.line(label.text()) + score(label)));
      }
      return ExitCode.OK;
    } catch (CompletionException e) {
      throw new CliException(ExitCode.UNREACHABLE, "label was not written: " + e.getCause(), e);
    }
  }

  private Topic<String, CodeLabel> topic() {
    return isPlatform ? Topics.PLATFORM_LABELS : Topics.LABELS.of(connection().tenant());
  }

  private static void json(JsonOut out, CodeLabel label, EventLog.Place place) {
    out.text("code", label.code().toString())
        .text("label", label.text())
        .whole("offset", place.offset());
    if (!Double.isNaN(label.score())) {
      out.number("score", label.score());
    }
  }

  private static String score(CodeLabel label) {
    return Double.isNaN(label.score()) ? "" : "  (score %.2f)".formatted(label.score());
  }

  private CodeLabel label() {
    if (byModel.isWanted() == (text != null)) {
      throw new CliException(ExitCode.USAGE, "expected either TEXT or --by-model");
    }
    Code code = code();
    if (byModel.isWanted()) {
      ModelLabeller.Labelled found = byModel.label(connection(), model, code);
      return new CodeLabel(model, code, found.text(), byModel.author(model), found.score());
    }
    if (text.length() > MOST_CHARACTERS) {
      throw new CliException(
          ExitCode.USAGE, "label: characters=" + text.length() + ", limit=" + MOST_CHARACTERS);
    }
    return new CodeLabel(model, code, text, author);
  }

  private Code code() {
    try {
      return Code.parse(name, model);
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCode.USAGE, e.getMessage(), e);
    }
  }
}
