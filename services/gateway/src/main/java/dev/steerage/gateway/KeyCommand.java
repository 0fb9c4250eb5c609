package dev.steerage.gateway;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.gateway.access.ApiKey;
import dev.steerage.gateway.access.KeyFile;
import dev.steerage.gateway.access.Role;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `steerage gateway key`: API keys. A running gateway sees changes within a second.
@Command(
    name = "key",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "create|list|revoke",
    description = "Makes, lists and revokes the keys of a gateway.")
final class KeyCommand {
  private static final int FAILED = 1;

  @Spec private CommandSpec spec;

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = "Makes a key and prints it; only its hash is kept.")
  int create(
      @Option(
              names = "--keys",
              paramLabel = "FILE",
              required = true,
              description = "File of the keys; made where it is not there.")
          Path file,
      @Option(
              names = "--tenant",
              paramLabel = "NAME",
              required = true,
              description = "Whose topics the holder reads and writes.")
          String tenant,
      @Option(
              names = "--role",
              paramLabel = "ROLE",
              required = true,
              description = "viewer, operator or admin.")
          String role,
      @Option(
              names = "--name",
              paramLabel = "TEXT",
              defaultValue = "key",
              description = "Who holds it: the author of changes. Default: ${DEFAULT-VALUE}.")
          String name) {
    Role known =
        Role.ofWord(role)
            .orElseThrow(() -> wrong("--role=" + role + ", expected viewer, operator or admin"));
    TenantId owner;
    try {
      owner = new TenantId(tenant);
    } catch (IllegalArgumentException e) {
      throw wrong("--tenant: " + e.getMessage());
    }
    if (name.isBlank() || name.length() > 100) {
      throw wrong("--name: expected 1 to 100 characters");
    }
    print(KeyFile.open(file).create(owner, known, name));
    return 0;
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the keys.")
  int list(
      @Option(
              names = "--keys",
              paramLabel = "FILE",
              required = true,
              description = "File of the keys.")
          Path file) {
    for (ApiKey key : KeyFile.open(file).keys()) {
      print(
          String.join(
              "  ",
              key.id(),
              key.tenant().name(),
              key.role().word(),
              key.createdAt().toString(),
              key.name()));
    }
    return 0;
  }

  @Command(name = "revoke", mixinStandardHelpOptions = true, description = "Makes a key invalid.")
  int revoke(
      @Option(
              names = "--keys",
              paramLabel = "FILE",
              required = true,
              description = "File of the keys.")
          Path file,
      @Parameters(paramLabel = "ID", description = "The part between the underscores.") String id) {
    if (KeyFile.open(file).revoke(id)) {
      return 0;
    }
    spec.commandLine().getErr().println("no such key: id=" + id);
    spec.commandLine().getErr().flush();
    return FAILED;
  }

  private ParameterException wrong(String why) {
    return new ParameterException(spec.commandLine(), why);
  }

  private void print(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
