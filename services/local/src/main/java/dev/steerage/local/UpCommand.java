package dev.steerage.local;

import dev.steerage.broker.DesiredTopics;
import dev.steerage.broker.process.StopSignal;
import dev.steerage.domain.tenant.TenantId;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `steerage up`: the whole system on one machine, in one JVM.
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description =
        "Runs everything in one process: broker, admission, a worker per model, statistics, code"
            + " index, gateway with console.",
    footer = "Its data survives a restart. Ctrl-C drains and stops it.")
public final class UpCommand implements Callable<Integer> {

  private static final Duration GRACE = Duration.ofSeconds(60);

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      defaultValue = "${env:STEERAGE_DATA:-.steerage}",
      description = "Where everything is kept. Default: $$STEERAGE_DATA, else .steerage.")
  private Path data;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "Port for Kafka clients. Default: the one of the last start, else a free one.")
  private int port;

  @Option(
      names = "--models",
      paramLabel = "FOLDER",
      defaultValue = "${sys:steerage.home:-.}/infra/models",
      description = "Folder of model folders. Default: the models shipped.")
  private Path models;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "Serve only this model of the folder; may be repeated. Default: all.")
  private Set<String> only = Set.of();

  @Option(
      names = "--tenant",
      paramLabel = "NAME",
      description =
          "A tenant whose topics are made; may be repeated. Default: default; with --secure:"
              + " default and other.")
  private List<String> tenants = List.of();

  @Option(
      names = "--secure",
      description =
          "Passwords (SCRAM) and ACLs for every tenant and service, keys for the gateway; they are"
              + " in 'secrets' of the data folder.")
  private boolean isSecure;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "auto",
      description =
          "reference, vector, native, cuda, or auto: the fastest of the processor."
              + " Default: ${DEFAULT-VALUE}.")
  private String backend;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description = "Port of the gateway; 0: a free one. Default: 8642, else a free one.")
  private Integer httpPort;

  @Option(names = "--exit-when-ready", hidden = true, description = "For training the class cache.")
  private boolean exitWhenReady;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    UpConfig config = config();
    PrintWriter out = spec.commandLine().getOut();
    try (var stop = StopSignal.install(GRACE)) {
      try (var instance = LocalInstance.start(config)) {
        out.println(ReadyLine.of(config, instance.addresses(), sinceStart()));
        out.flush();
        if (!exitWhenReady) {
          stop.await();
          out.println("stopping: draining requests and closing the log");
          out.flush();
        }
      }
    }
    return 0;
  }

  private UpConfig config() {
    List<String> found = DesiredTopics.modelsIn(models);
    List<String> served = only.isEmpty() ? found : List.copyOf(only);
    for (String name : served) {
      if (!Files.isDirectory(models.resolve(name))) {
        throw new ParameterException(
            spec.commandLine(),
            "no such model: name=" + name + ", folder=" + models + ", has " + found);
      }
    }
    return new UpConfig(
        data,
        port,
        served.stream().map(models::resolve).toList(),
        tenants().stream().map(TenantId::new).toList(),
        backend,
        httpPort == null ? OptionalInt.empty() : OptionalInt.of(httpPort),
        isSecure);
  }

  private List<String> tenants() {
    if (!tenants.isEmpty()) {
      return tenants;
    }
    return isSecure ? List.of("default", "other") : List.of("default");
  }

  /// From the start of the JVM: that is what the person in front of it waits for.
  private static Duration sinceStart() {
    return Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime());
  }
}
