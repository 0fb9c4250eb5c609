package dev.steerage.local;

import java.nio.file.Path;

/// The models that come with the project.
final class ShippedModels {

  private ShippedModels() {}

  /// The launcher says where the project is; without it, the working folder is taken for it.
  static Path folder() {
    return Path.of(System.getProperty("steerage.home", "."), "infra", "models");
  }
}
