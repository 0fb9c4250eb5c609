package dev.steerage.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.testkit.ChildJvm;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// A real corpus: the beginnings of tales that the demo sends, as `stories` reads them.
final class Tales {
  private static final String TEXT = "/dev/steerage/cli/demo/stories.txt";

  private Tales() {}

  /// Builds it where an `up` on the same folder finds it.
  static void build(Path data) {
    Path text = data.resolve("tales.txt");
    try (InputStream in = Tales.class.getResourceAsStream(TEXT)) {
      Files.copy(in, text);
    } catch (IOException e) {
      throw new AssertionError("the tales could not be written to " + text, e);
    }
    try (ChildJvm build =
        Programs.start(
            "index-build",
            "512m",
            "index",
            "build",
            "--model",
            Programs.models().resolve("stories").toString(),
            "--text",
            text.toString(),
            "--name",
            "tales",
            "--data",
            data.toString())) {
      assertThat(build.awaitEnd()).as("exit status of index build").isZero();
    }
  }
}
