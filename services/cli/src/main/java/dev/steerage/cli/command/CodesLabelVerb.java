package dev.steerage.cli.command;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.codebook.Code;
import dev.steerage.schemas.message.CodeLabel;
import dev.steerage.schemas.topic.Topics;
import java.util.concurrent.CompletionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `codes label`.
@Command(
    name = "label",
    mixinStandardHelpOptions = true,
    description = "Say what a code is called; an empty text takes the label away.")
final class CodesLabelVerb extends Verb {
  private static final int MOST_CHARACTERS = 500;

  @Parameters(index = "0", paramLabel = "CODE", description = "The code, e.g. L3.mlp:471.")
  private String name;

  @Parameters(index = "1", paramLabel = "TEXT", description = "Its label.")
  private String text;

  @Option(names = "--model", required = true, paramLabel = "NAME", description = "Its model.")
  private String model;

  @Option(
      names = "--author",
      paramLabel = "NAME",
      defaultValue = "${sys:user.name}",
      description = "Who says so. Default: ${DEFAULT-VALUE}.")
  private String author;

  @Override
  protected ExitCode run(Terminal terminal) {
    CodeLabel label = label();
    try (EventLog log = connection().open()) {
      EventLog.Place place =
          log.send(Topics.LABELS.of(connection().tenant()), label.key(), label).join();
      if (connection().isJson()) {
        JsonLines.object(terminal, out -> out.text("code", name).whole("offset", place.offset()));
      } else {
        terminal.line(label.code() + (text.isEmpty() ? " has no label" : ": " + text));
      }
      return ExitCode.OK;
    } catch (CompletionException e) {
      throw new CliException(ExitCode.UNREACHABLE, "label was not written: " + e.getCause(), e);
    }
  }

  private CodeLabel label() {
    if (text.length() > MOST_CHARACTERS) {
      throw new CliException(
          ExitCode.USAGE, "label: characters=" + text.length() + ", limit=" + MOST_CHARACTERS);
    }
    try {
      return new CodeLabel(model, Code.parse(name, model), text, author);
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCode.USAGE, e.getMessage(), e);
    }
  }
}
