package dev.steerage.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import dev.steerage.tidy.Tree.SourceFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Every Java file is as google-java-format writes it; `-Dtidy.fix=true` makes it so.
class FormatTest {

  private static final boolean FIX = Boolean.getBoolean("tidy.fix");

  @Test
  void shouldFormatEveryJavaFile() {
    Tree tree = Tree.read();

    List<String> unformatted =
        tree.java().parallelStream()
            .flatMap(file -> complaint(tree, file).stream())
            .sorted()
            .toList();

    assertThat(unformatted).as("files to format: run with -Dtidy.fix=true").isEmpty();
  }

  private static Optional<String> complaint(Tree tree, SourceFile file) {
    try {
      String formatted = format(file.text());
      if (formatted.equals(file.text())) {
        return Optional.empty();
      }
      if (FIX) {
        Files.writeString(tree.root().resolve(file.path()), formatted);
        return Optional.empty();
      }
      return Optional.of(file.path());
    } catch (FormatterException e) {
      return Optional.of(file.path() + ": " + e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String format(String text) throws FormatterException {
    String imports =
        RemoveUnusedImports.removeUnusedImports(
            ImportOrderer.reorderImports(text, JavaFormatterOptions.Style.GOOGLE));
    return new Formatter().formatSource(imports);
  }
}
