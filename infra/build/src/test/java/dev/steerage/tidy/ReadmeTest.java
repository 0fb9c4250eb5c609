package dev.steerage.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.tidy.Tree.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every folder explains itself, and no text names a file that is not there.
class ReadmeTest {

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(#[^)]*)?\\)");
  private static final Pattern QUOTED_PATH =
      Pattern.compile("`([A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)+/?)`");
  private static final Set<String> TOP = Set.of("services", "kernels", "schemas", "infra");

  private final Tree tree = Tree.read();

  @Test
  void shouldHaveReadmeInEveryFolder() throws IOException {
    List<String> without = new ArrayList<>();
    for (Path folder : tree.folders()) {
      Path absolute = tree.root().resolve(folder);
      if (isExplained(folder)
          && !Files.exists(absolute.resolve("README.md"))
          && !isEmpty(absolute)) {
        without.add(folder.toString());
      }
    }
    assertThat(without).as("folders without README.md").isEmpty();
  }

  /// Source roots are explained by their module, golden encodings by the folder that holds them
  /// all; hidden folders belong to tools.
  private static boolean isExplained(Path folder) {
    if (folder.getNameCount() == 3 && folder.startsWith(Path.of("schemas", "golden"))) {
      return false;
    }
    for (Path part : folder) {
      if (part.toString().equals("src") || part.toString().startsWith(".")) {
        return false;
      }
    }
    return true;
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.noneMatch(child -> !child.getFileName().toString().equals("target"));
    }
  }

  @Test
  void shouldNameOnlyPathsThatExist() {
    List<String> missing = new ArrayList<>();
    for (SourceFile text : tree.files(file -> file.path().endsWith(".md"))) {
      Path folder = tree.root().resolve(text.path()).getParent();
      for (String link : found(LINK, text)) {
        if (!link.contains("://") && !link.startsWith("mailto:") && !exists(folder.resolve(link))) {
          missing.add(text.path() + ": " + link);
        }
      }
      for (String quoted : found(QUOTED_PATH, text)) {
        boolean isOurs = TOP.contains(quoted.substring(0, quoted.indexOf('/')));
        // What the build makes is not in a fresh clone.
        if (isOurs && !quoted.contains("/target") && !exists(tree.root().resolve(quoted))) {
          missing.add(text.path() + ": " + quoted);
        }
      }
    }
    assertThat(missing).as("paths in texts that do not exist").isEmpty();
  }

  private static boolean exists(Path path) {
    return Files.exists(path.normalize());
  }

  private static List<String> found(Pattern pattern, SourceFile text) {
    List<String> found = new ArrayList<>();
    Matcher matcher = pattern.matcher(text.text());
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }
}
