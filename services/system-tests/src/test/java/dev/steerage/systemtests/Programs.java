package dev.steerage.systemtests;

import dev.steerage.local.Main;
import dev.steerage.testkit.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Verbs of the `steerage` command as processes of their own.
final class Programs {

  private Programs() {}

  /// Starts a verb; its output is echoed under the given name.
  static ChildJvm start(String name, String heap, String... args) {
    return ChildJvm.start(new ChildJvm.Program(name, Main.class.getName(), heap, List.of(args)));
  }

  /// The models that are shipped.
  static Path models() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path models = at.resolve("infra/models");
      if (Files.isDirectory(models)) {
        return models;
      }
    }
    throw new IllegalStateException("infra/models: not above " + Path.of("").toAbsolutePath());
  }
}
