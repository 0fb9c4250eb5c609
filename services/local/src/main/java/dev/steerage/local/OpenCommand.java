package dev.steerage.local;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.connection.RunningInstance;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `steerage open`: the console of the running instance, in the browser.
@Command(
    name = "open",
    mixinStandardHelpOptions = true,
    description = "Opens the console of the running instance in the browser.",
    footer = "Prints the address, also where there is no browser.")
final class OpenCommand implements Callable<Integer> {

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      defaultValue = "${env:STEERAGE_DATA:-.steerage}",
      description = "Data folder of 'steerage up'. Default: $$STEERAGE_DATA, else .steerage.")
  private Path data;

  @Option(names = "--print", description = "Print the address only.")
  private boolean print;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    String address =
        RunningInstance.find(data)
            .flatMap(RunningInstance::gateway)
            .orElseThrow(
                () ->
                    new CliException(
                        ExitCode.UNREACHABLE,
                        "no instance with a gateway runs on data="
                            + data
                            + "; start 'steerage up'"));
    spec.commandLine().getOut().println(address);
    spec.commandLine().getOut().flush();
    if (!print) {
      browse(address);
    }
    return 0;
  }

  /// The system's own opener: a desktop toolkit in this JVM would cost more than the whole verb.
  private void browse(String address) {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    List<String> command =
        system.contains("mac")
            ? List.of("open", address)
            : system.contains("windows")
                ? List.of("rundll32", "url.dll,FileProtocolHandler", address)
                : List.of("xdg-open", address);
    try {
      new ProcessBuilder(command)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      spec.commandLine().getErr().println("no browser found: open the address yourself");
      spec.commandLine().getErr().flush();
    }
  }
}
