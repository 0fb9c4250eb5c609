package dev.steerage.cli.connection;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.kafka.KafkaEventLog;
import dev.steerage.cli.kafka.PrincipalsLog;
import dev.steerage.cli.log.EventLog;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.topic.TopicSettings.Role;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import picocli.CommandLine.Option;

/// The options that say which system and whose topics; every verb has them.
public final class Connection {
  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      description = "Kafka address. Default: that of the instance running on --data.")
  private String bootstrap;

  @Option(
      names = "--client-properties",
      paramLabel = "FILE",
      description =
          "Further properties of the Kafka clients. Default: of a secure instance on --data, those"
              + " of the tenant's principals.")
  private Path clientProperties;

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
    if (clientProperties != null) {
      return KafkaEventLog.connect(address(), properties(clientProperties));
    }
    if (bootstrap == null) {
      Optional<Path> secrets = instance().flatMap(RunningInstance::secrets).map(Path::of);
      if (secrets.isPresent()) {
        return PrincipalsLog.connect(address(), principals(secrets.get()));
      }
    }
    return KafkaEventLog.connect(address(), Map.of());
  }

  /// The principals of the tenant whose passwords are here.
  private Map<Role, Map<String, String>> principals(Path secrets) {
    Map<Role, Map<String, String>> principals = new EnumMap<>(Role.class);
    for (Role role : List.of(Role.APP, Role.POLICY, Role.VIEWER)) {
      String user = tenant().name() + "." + role.name().toLowerCase(Locale.ROOT);
      Path file = secrets.resolve(user + ".properties");
      if (Files.isReadable(file)) {
        principals.put(role, properties(file));
      }
    }
    if (principals.isEmpty()) {
      throw new CliException(
          ExitCode.USAGE,
          "the instance wants passwords, and has none of tenant "
              + tenant()
              + " here: folder="
              + secrets);
    }
    return principals;
  }

  private static Map<String, String> properties(Path file) {
    var properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException e) {
      throw new CliException(ExitCode.USAGE, "client properties cannot be read: file=" + file, e);
    }
    Map<String, String> client = new HashMap<>();
    properties.stringPropertyNames().forEach(key -> client.put(key, properties.getProperty(key)));
    return client;
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
