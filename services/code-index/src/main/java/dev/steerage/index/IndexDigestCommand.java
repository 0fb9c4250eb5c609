package dev.steerage.index;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.aeron.IndexClient;
import dev.steerage.schemas.aeron.IndexClientConfig;
import dev.steerage.schemas.aeron.IndexStreams;
import dev.steerage.schemas.aeron.TenantKeys;
import dev.steerage.schemas.index.IndexDigest;
import dev.steerage.schemas.index.LookupException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `steerage index digest`: what a running index knows, in one number.
@Command(
    name = "digest",
    mixinStandardHelpOptions = true,
    description = {
      "Prints what a running index knows from committed records, in one number.",
      "Two indexes that read the same records up to the same offsets print the same."
    })
public final class IndexDigestCommand implements Callable<Integer> {
  @Option(
      names = "--aeron-dir",
      paramLabel = "FOLDER",
      description = "Folder of the media driver. Default: one per user, in shared memory.")
  private Path aeronDirectory = IndexStreams.defaultDirectory();

  @Option(
      names = "--channel",
      paramLabel = "CHANNEL",
      defaultValue = IndexStreams.DEFAULT_CHANNEL,
      description = "Where the index is reached. Default: ${DEFAULT-VALUE}.")
  private String channel;

  @Option(
      names = "--tenant",
      paramLabel = "TENANT",
      description = "Of this tenant, with its offsets. Default: of all tenants.")
  private String tenant;

  @Option(
      names = "--keys",
      paramLabel = "FILE",
      defaultValue = "${env:STEERAGE_INDEX_KEYS:-}",
      description = "Lines 'tenant=key', if the index wants proof. Default: $$STEERAGE_INDEX_KEYS.")
  private String keys;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (var client =
        new IndexClient(
            IndexClientConfig.of(aeronDirectory)
                .withChannel(channel)
                .withKeys(keys.isEmpty() ? TenantKeys.NONE : TenantKeys.read(Path.of(keys))))) {
      print(out, client.digest(Optional.ofNullable(tenant).map(TenantId::new)));
      return 0;
    } catch (LookupException e) {
      spec.commandLine().getErr().println(e.reason() + ": " + e.getMessage());
      return 1;
    }
  }

  private static void print(PrintWriter out, IndexDigest digest) {
    out.println("digest     " + digest.sha256());
    out.println("since      " + digest.knownSince());
    out.println("caught up  " + digest.caughtUp());
    if (digest.evictedModels() > 0) {
      out.println("counts were forgotten at the limit: the digest compares with nothing");
    }
    for (var each : digest.partitions()) {
      out.printf("%-50s %3d %10d%n", each.topic(), each.partition(), each.nextOffset());
    }
    out.flush();
  }
}
