package dev.steerage.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.tidy.Tree.SourceFile;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A technology's types stay in the packages named after it.
///
/// Between modules the same is held by banned dependencies in their `pom.xml`.
class BoundariesTest {

  private static final Tree TREE = Tree.read();
  private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");

  /// One technology.
  ///
  /// @param segment the package name that may import it
  /// @param exceptions packages whose whole subject it is
  private record Boundary(String imports, String segment, List<String> exceptions) {
    @Override
    public String toString() {
      return imports;
    }
  }

  static Stream<Boundary> boundaries() {
    return Stream.of(
        new Boundary(
            "org.apache.kafka",
            "kafka",
            List.of(
                "dev.steerage.broker",
                "dev.steerage.testkit",
                // Codecs are Kafka serdes: the typed catalogue is made of them.
                "dev.steerage.schemas",
                // A Kafka Streams topology is Kafka from end to end.
                "dev.steerage.statistics.topology")),
        new Boundary("kafka.server", "kafka", List.of("dev.steerage.broker")),
        new Boundary("io.aeron", "aeron", List.of()));
  }

  @ParameterizedTest
  @MethodSource("boundaries")
  void shouldStayInItsPackages(Boundary boundary) {
    var imported =
        Pattern.compile("(?m)^import (static )?" + Pattern.quote(boundary.imports()) + "\\.");

    assertThat(TREE.java())
        .filteredOn(SourceFile::isMain)
        .filteredOn(file -> imported.matcher(file.text()).find())
        .filteredOn(file -> !mayImport(boundary, packageOf(file)))
        .extracting(SourceFile::path)
        .as("imports of %s outside packages named %s", boundary.imports(), boundary.segment())
        .isEmpty();
  }

  private static boolean mayImport(Boundary boundary, String packageName) {
    return List.of(packageName.split("\\.")).contains(boundary.segment())
        || boundary.exceptions().stream()
            .anyMatch(
                exception ->
                    packageName.equals(exception) || packageName.startsWith(exception + "."));
  }

  private static String packageOf(SourceFile file) {
    Matcher matcher = PACKAGE.matcher(file.text());
    return matcher.find() ? matcher.group(1) : "";
  }
}
