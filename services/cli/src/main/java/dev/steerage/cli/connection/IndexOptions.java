package dev.steerage.cli.connection;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.schemas.aeron.IndexClient;
import dev.steerage.schemas.aeron.IndexClientConfig;
import dev.steerage.schemas.aeron.IndexStreams;
import dev.steerage.schemas.aeron.TenantKeys;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The options that say where the code index is.
public final class IndexOptions {
  @Option(
      names = "--aeron-dir",
      paramLabel = "FOLDER",
      description = "Folder of the media driver. Default: that of the running instance.")
  private Path aeronDir;

  @Option(
      names = "--index-channel",
      paramLabel = "CHANNEL",
      defaultValue = IndexStreams.DEFAULT_CHANNEL,
      description = "Aeron channel of the code index. Default: ${DEFAULT-VALUE}.")
  private String channel;

  /// A client of the index; it connects on its first look-up.
  ///
  /// @throws CliException if nothing says where the index is
  public IndexClient open(Connection connection) {
    Path folder =
        Optional.ofNullable(aeronDir)
            .or(() -> connection.instance().flatMap(RunningInstance::aeronDir).map(Path::of))
            .orElseThrow(
                () ->
                    new CliException(
                        ExitCode.UNREACHABLE,
                        "no code index: the running instance names no media driver;"
                            + " give --aeron-dir"));
    return new IndexClient(
        IndexClientConfig.of(folder).withChannel(channel).withKeys(TenantKeys.ofEnvironment()));
  }
}
