package dev.steerage.local;

import dev.steerage.admission.AdmissionCommand;
import dev.steerage.broker.BrokerCommand;
import dev.steerage.broker.ProvisionCommand;
import dev.steerage.broker.tenant.TenantCommand;
import dev.steerage.cli.CliCommands;
import dev.steerage.cli.connection.RunningInstance;
import dev.steerage.experiments.ExperimentVerbs;
import dev.steerage.gateway.GatewayCommand;
import dev.steerage.index.IndexCommand;
import dev.steerage.local.corpus.CorpusVerbs;
import dev.steerage.statistics.StatisticsCommand;
import dev.steerage.trainer.ReproduceCommand;
import dev.steerage.trainer.TrainCommand;
import dev.steerage.worker.WorkerCommand;
import dev.steerage.worker.replay.ReplayCommand;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/// The `steerage` command: one verb per service, `up` for all of them, and the verbs of the user.
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    System.exit(run(args));
  }

  static int run(String... args) {
    return root().execute(args);
  }

  static CommandLine root() {
    return root(Path.of(System.getenv().getOrDefault("STEERAGE_DATA", ".steerage")));
  }

  /// @param data folder in which an instance may run
  static CommandLine root(Path data) {
    var root = new CommandLine(new Root());
    verbs().forEach(root::addSubcommand);
    CommandLine experiment = root.getSubcommands().get("experiment");
    ExperimentVerbs.all().forEach(experiment::addSubcommand);
    CorpusVerbs.addTo(root);
    for (String verb : List.of("replay", "gateway", "tenant")) {
      root.getSubcommands()
          .get(verb)
          .setDefaultValueProvider(argument -> ofRunningInstance(argument, verb, data));
    }
    root.getSubcommands()
        .get("index")
        .getSubcommands()
        .get("digest")
        .setDefaultValueProvider(argument -> ofRunningInstance(argument, "index", data));
    return root.setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(new OneLineErrors());
  }

  /// Only this module knows both `running.json` and the verbs of services.
  private static String ofRunningInstance(ArgSpec argument, String verb, Path data) {
    if (!(argument instanceof OptionSpec option)) {
      return null;
    }
    return switch (option.longestName()) {
      case "--bootstrap" -> RunningInstance.find(data).map(RunningInstance::bootstrap).orElse(null);
      case "--aeron-dir" ->
          RunningInstance.find(data).flatMap(RunningInstance::aeronDir).orElse(null);
      case "--client-properties" ->
          RunningInstance.find(data)
              .flatMap(RunningInstance::secrets)
              .map(_ -> data.resolve("broker").resolve("secrets").resolve("admin.properties"))
              .map(Path::toString)
              .orElse(null);
      case "--file" -> verb.equals("tenant") ? data.resolve("tenants.json").toString() : null;
      case "--secrets" -> verb.equals("tenant") ? data.resolve("secrets").toString() : null;
      default -> null;
    };
  }

  /// Each verb is a picocli command of its own module, in the order of the help text.
  private static List<Object> verbs() {
    List<Object> verbs = new ArrayList<>();
    verbs.add(new UpCommand());
    verbs.add(new OpenCommand());
    verbs.addAll(CliCommands.all(new InThisJvm()));
    verbs.addAll(
        List.of(
            new BrokerCommand(),
            new ProvisionCommand(),
            new TenantCommand(),
            new AdmissionCommand(),
            new WorkerCommand(),
            new StatisticsCommand(),
            new IndexCommand(),
            new GatewayCommand(new FoldersAtHand()),
            new ReplayCommand(),
            new TrainCommand(),
            new ReproduceCommand(),
            new HelpCommand()));
    return verbs;
  }

  /// What `steerage` says about itself.
  @Command(
      name = "steerage",
      mixinStandardHelpOptions = true,
      version = "steerage 0.1.0",
      description = "Watch and steer language models while they write.",
      synopsisSubcommandLabel = "VERB",
      commandListHeading = "%nVerbs:%n",
      footer =
          "%n'steerage help VERB' explains one. Start with 'steerage up', then 'steerage demo'.")
  private static final class Root implements Runnable {

    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }
}
