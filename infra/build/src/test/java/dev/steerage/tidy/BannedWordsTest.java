package dev.steerage.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.tidy.Tree.SourceFile;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is not written in this project, and what is written instead.
class BannedWordsTest {

  private static final Tree TREE = Tree.read();

  /// One ban.
  ///
  /// @param instead what to use
  /// @param where the files it holds for
  private record Ban(String name, Pattern pattern, String instead, Predicate<SourceFile> where) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Ban> bans() {
    return Stream.of(
        new Ban(
            "System.out in a library",
            Pattern.compile("\\bSystem\\.(out|err)\\b"),
            "SLF4J, or the command's getOut()",
            file ->
                file.isMain()
                    && isJava(file)
                    // Programs that talk to the terminal; the echo of child processes; the build.
                    && !file.isIn(
                        "services/cli/",
                        "services/local/",
                        "services/testkit/",
                        "kernels/benchmarks/",
                        "schemas/java/src/build/")),
        new Ban(
            "Thread.sleep",
            Pattern.compile("\\bThread\\.sleep\\("),
            "Await of the testkit in tests, LockSupport.parkNanos or a scheduler elsewhere",
            BannedWordsTest::isJava),
        new Ban(
            "block Javadoc",
            Pattern.compile("^\\s*/\\*\\*"),
            "/// Markdown",
            BannedWordsTest::isJava),
        new Ban(
            "work left for later",
            Pattern.compile("\\b(TO" + "DO|FIX" + "ME)\\b"),
            "an issue",
            _ -> true),
        new Ban(
            "printStackTrace",
            Pattern.compile("\\.printStackTrace\\("),
            "a log line with its cause",
            BannedWordsTest::isJava),
        new Ban(
            "System.exit",
            Pattern.compile("\\bSystem\\.exit\\("),
            "an exit status returned to Main",
            file -> file.isMain() && isJava(file) && !file.path().endsWith("Main.java")),
        new Ban(
            "a path of a developer's machine",
            Pattern.compile("(?<![\\w.:-])/(home|Users|root|work|usr/lib/jvm)/[A-Za-z0-9]"),
            "a path from the root of the project",
            _ -> true),
        new Ban(
            "a package that says nothing",
            Pattern.compile(
                "^package .*\\.(util|utils|common|helper|helpers|manager|impl|misc|base)[.;]"),
            "the domain's word",
            BannedWordsTest::isJava));
  }

  private static boolean isJava(SourceFile file) {
    return file.path().endsWith(".java");
  }

  @ParameterizedTest
  @MethodSource("bans")
  void shouldNotContain(Ban ban) {
    List<String> found = new ArrayList<>();
    for (SourceFile file : TREE.files(ban.where())) {
      List<String> lines = file.lines();
      for (int i = 0; i < lines.size(); i++) {
        if (ban.pattern().matcher(lines.get(i)).find()) {
          found.add(file.path() + ":" + (i + 1) + ": " + lines.get(i).strip());
        }
      }
    }
    assertThat(found).as("%s; instead: %s", ban.name(), ban.instead()).isEmpty();
  }
}
