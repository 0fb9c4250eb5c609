package dev.steerage.local;

import dev.steerage.cli.LocalSystem;
import java.nio.file.Path;

/// `up` for verbs that need a running system and find none.
final class InThisJvm implements LocalSystem {

  @Override
  public Running start(Path data) {
    var instance = LocalInstance.start(UpConfig.of(data, ShippedModels.folder()));
    return new Running() {
      @Override
      public String bootstrap() {
        return instance.bootstrap();
      }

      @Override
      public void close() {
        instance.close();
      }
    };
  }
}
