package dev.steerage.cli.command;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.Event;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.log.Models;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.schemas.message.ModelCard;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// The models that workers serve; its subcommands look at the folders on this machine.
@Command(
    name = "models",
    mixinStandardHelpOptions = true,
    description = {
      "List the models that workers serve, or the sites of one.",
      "With a command: import, list, verify or show model folders on this machine."
    },
    subcommands = {
      ModelsImportVerb.class,
      ModelsListVerb.class,
      ModelsVerifyVerb.class,
      ModelsShowVerb.class
    })
public final class ModelsCommand extends Verb {
  private static final int HASH_SHOWN = 12;

  @Parameters(arity = "0..1", paramLabel = "MODEL", description = "Show the sites of this model.")
  private String model;

  @Override
  protected ExitCode run(Terminal terminal) {
    try (EventLog log = connection().open()) {
      var models = Models.read(log);
      if (model != null && !models.containsKey(model)) {
        throw new CliException(
            ExitCode.REFUSED, "no worker serves model '" + model + "'; served: " + models.keySet());
      }
      if (connection().isJson()) {
        models.values().stream()
            .filter(event -> model == null || event.key().equals(model))
            .forEach(event -> JsonLines.record(terminal, event));
      } else if (model == null) {
        showAll(terminal, models.values());
      } else {
        showSites(terminal, models.get(model).value().orThrow());
      }
      return ExitCode.OK;
    }
  }

  private static void showAll(Terminal terminal, Iterable<Event<ModelCard>> events) {
    Table table =
        Table.of(
            "model", ">sites", ">vocabulary", ">positions", "numeric class", "hash", "workers");
    for (Event<ModelCard> event : events) {
      ModelCard card = event.value().orThrow();
      table.row(
          card.model(),
          card.sites().size(),
          card.vocabulary(),
          card.maxPositions(),
          card.numericClass(),
          card.hash().substring(0, Math.min(HASH_SHOWN, card.hash().length())),
          card.workers().isEmpty() ? "none" : String.join(" ", card.workers()));
    }
    if (table.isEmpty()) {
      terminal.note("no worker has announced a model");
    } else {
      table.print(terminal);
    }
  }

  private static void showSites(Terminal terminal, ModelCard card) {
    Table table = Table.of("site", ">codes", ">active", ">width");
    card.sites()
        .forEach(site -> table.row(site.site(), site.codes(), site.activeCodes(), site.width()));
    table.print(terminal);
  }
}
