package dev.steerage.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.tidy.Tree.SourceFile;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Tests are found by the build, and every type says what it is for.
class TestsTest {

  private static final Pattern TEST_METHOD =
      Pattern.compile("(?m)^ +@(Test|ParameterizedTest|RepeatedTest|TestFactory)\\b");
  private static final Pattern RUN_BY_BUILD = Pattern.compile(".*(Test|IT)\\.java");
  private static final Pattern TYPE =
      Pattern.compile(
          "(?m)^(?:(?:public|final|sealed|non-sealed|abstract|strictfp)"
              + " )*(?:class|interface|record|enum|@interface) ");

  private final Tree tree = Tree.read();

  @Test
  void shouldNameTestClassesSoThatTheBuildRunsThem() {
    assertThat(tree.java())
        .filteredOn(SourceFile::isTest)
        .filteredOn(file -> TEST_METHOD.matcher(file.text()).find())
        .filteredOn(file -> !file.text().contains("abstract class"))
        .filteredOn(file -> !RUN_BY_BUILD.matcher(file.path()).matches())
        .extracting(SourceFile::path)
        .as("classes with tests whose name ends with neither Test nor IT")
        .isEmpty();
  }

  @Test
  void shouldCommentEveryTypeOfTheProduct() {
    assertThat(tree.java())
        // A test class is explained by its name and those of its tests.
        .filteredOn(SourceFile::isMain)
        .filteredOn(file -> !file.path().endsWith("package-info.java"))
        .filteredOn(file -> !isCommented(file))
        .extracting(SourceFile::path)
        .as("types without a /// comment")
        .isEmpty();
  }

  private static boolean isCommented(SourceFile file) {
    var type = TYPE.matcher(file.text());
    return !type.find() || file.text().substring(0, type.start()).contains("\n///");
  }
}
