package dev.steerage.cli.model;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/// The option that says where model folders are.
public final class ModelFolders {
  @Option(
      names = "--models",
      paramLabel = "FOLDER",
      defaultValue = "${sys:steerage.home:-.}/infra/models",
      description = "Folder of model folders. Default: the models shipped.")
  private Path models;

  /// The folder of model folders.
  public Path path() {
    return models;
  }
}
