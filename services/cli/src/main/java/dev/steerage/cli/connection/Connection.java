package dev.steerage.cli.connection;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.kafka.KafkaEventLog;
import dev.steerage.cli.log.EventLog;
import dev.steerage.domain.tenant.TenantId;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The options that say which system and whose topics; every verb has them.
public final class Connection {
  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      description = "Kafka address. Default: that of the instance running on --data.")
  private String bootstrap;

  @Option(
      names = "--tenant",
      paramLabel = "NAME",
      defaultValue = "default",
      description = "Whose topics. Default: ${DEFAULT-VALUE}.")
  private String tenant;

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      defaultValue = "${env:STEERAGE_DATA:-.steerage}",
      description = "Data folder of 'steerage up'. Default: $$STEERAGE_DATA, else .steerage.")
  private Path data;

  @Option(names = "--json", description = "One JSON object per line, for programs.")
  private boolean json;

  /// Whose topics.
  public TenantId tenant() {
    try {
      return new TenantId(tenant);
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCode.USAGE, "--tenant: " + e.getMessage(), e);
    }
  }

  /// Whether a program reads the output.
  public boolean isJson() {
    return json;
  }

  /// The instance on the data folder, if one runs.
  public Optional<RunningInstance> instance() {
    return RunningInstance.find(data);
  }

  /// Whether an address was given or an instance runs.
  public boolean isReachable() {
    return bootstrap != null || instance().isPresent();
  }

  /// Uses this address from now on.
  public void use(String newBootstrap) {
    bootstrap = newBootstrap;
  }

  /// The data folder.
  public Path data() {
    return data;
  }

  /// Connects to the event log.
  ///
  /// @throws CliException if nothing runs or the address does not answer
  public EventLog open() {
    tenant(); // A name that cannot be is said before anything is tried.
    return KafkaEventLog.connect(address());
  }

  /// The Kafka address.
  ///
  /// @throws CliException if none was given and nothing runs
  public String address() {
    if (bootstrap != null) {
      return bootstrap;
    }
    return instance()
        .map(RunningInstance::bootstrap)
        .orElseThrow(
            () ->
                new CliException(
                    ExitCode.UNREACHABLE,
                    "nothing runs on data folder "
                        + data.toAbsolutePath().normalize()
                        + ": start 'steerage up', or give --bootstrap or --data"));
  }
}
