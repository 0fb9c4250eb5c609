package dev.steerage.cli.command;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.rule.RuleLog;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.schemas.message.CodeLabel;
import dev.steerage.schemas.topic.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `codes import`.
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Import codes that another tool listed: ids or 'layer.head: codes' become a concept, entries",
      "of the authors' demo_codes.txt become labels."
    },
    footer = {
      "",
      "A line '# name' names the concept of the codes after it; '##' begins a comment.",
      "Lists come out of 'codes find --list AUTHORS', demo entries out of '--list DEMO'."
    })
final class CodesImportVerb extends Verb {
  @Parameters(paramLabel = "FILE", description = "The list.")
  private Path file;

  @Option(names = "--model", required = true, paramLabel = "NAME", description = "Their model.")
  private String model;

  @Option(
      names = "--concept",
      paramLabel = "NAME",
      description = "Name of the concept of codes that no '# name' stands before.")
  private String concept;

  @Option(
      names = "--author",
      paramLabel = "NAME",
      defaultValue = "${sys:user.name}",
      description = "Who says so. Default: ${DEFAULT-VALUE}.")
  private String author;

  @Override
  protected ExitCode run(Terminal terminal) {
    CodeListFile list = read();
    List<RuleChange.ConceptPut> concepts = new ArrayList<>();
    list.codes().forEach((name, codes) -> concepts.add(concept(name, codes)));
    List<CodeLabel> labels = new ArrayList<>();
    for (Map.Entry<Code, String> each : list.descriptions().entrySet()) {
      labels.add(new CodeLabel(model, each.getKey(), each.getValue(), author));
    }
    if (concepts.isEmpty() && labels.isEmpty()) {
      throw new CliException(ExitCode.USAGE, "file=" + file + " has no codes");
    }
    try (EventLog log = connection().open()) {
      List<Long> revisions = new RuleLog(log, connection().tenant()).putAll(concepts);
      List<CompletableFuture<EventLog.Place>> sent = new ArrayList<>();
      for (CodeLabel label : labels) {
        sent.add(log.send(Topics.LABELS.of(connection().tenant()), label.key(), label));
      }
      sent.forEach(CompletableFuture::join);
      show(terminal, concepts, revisions, labels);
      return ExitCode.OK;
    } catch (CompletionException e) {
      throw new CliException(ExitCode.UNREACHABLE, "labels were not written: " + e.getCause(), e);
    }
  }

  private CodeListFile read() {
    try {
      return CodeListFile.read(Files.readAllLines(file, StandardCharsets.UTF_8), model);
    } catch (IOException e) {
      throw new CliException(ExitCode.USAGE, "file=" + file + " cannot be read: " + e, e);
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCode.USAGE, "file=" + file + ", " + e.getMessage(), e);
    }
  }

  private RuleChange.ConceptPut concept(String name, List<Code> codes) {
    String named = name.isEmpty() ? concept : name.replaceAll("[^A-Za-z0-9._-]+", "-");
    if (named == null) {
      throw new CliException(
          ExitCode.USAGE, "file=" + file + " names no concept: give --concept, or a line '# name'");
    }
    return new RuleChange.ConceptPut(named, model, codes, author);
  }

  private void show(
      Terminal terminal,
      List<RuleChange.ConceptPut> concepts,
      List<Long> revisions,
      List<CodeLabel> labels) {
    for (int i = 0; i < concepts.size(); i++) {
      RuleChange.ConceptPut put = concepts.get(i);
      long revision = revisions.get(i);
      if (connection().isJson()) {
        JsonLines.object(
            terminal,
            out ->
                out.text("concept", put.concept())
                    .whole("codes", put.codes().size())
                    .whole("revision", revision));
      } else {
        terminal.line(
            "concept %s: %d codes, revision %d"
                .formatted(put.concept(), put.codes().size(), revision));
      }
    }
    for (CodeLabel label : labels) {
      if (connection().isJson()) {
        JsonLines.object(
            terminal, out -> out.text("code", label.code().toString()).text("label", label.text()));
      } else {
        terminal.line(label.code() + ": " + label.text());
      }
    }
  }
}
