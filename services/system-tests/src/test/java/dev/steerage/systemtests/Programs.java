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

  /// The same with JVM flags beside the usual ones.
  static ChildJvm start(String name, String heap, List<String> flags, String... args) {
    return ChildJvm.start(
        new ChildJvm.Program(name, Main.class.getName(), heap, List.of(args)), flags);
  }

  /// The models that are shipped.
  static Path models() {
    return root().resolve("infra/models");
  }

  /// What stands in for a GPU; built with the tests of kernels/ops where there is a C++ compiler.
  static Path emulatedDevice() {
    return root().resolve("kernels/ops/target/emulated-device/libcuda.so");
  }

  private static Path root() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isDirectory(at.resolve("infra/models"))) {
        return at;
      }
    }
    throw new IllegalStateException("infra/models: not above " + Path.of("").toAbsolutePath());
  }
}
