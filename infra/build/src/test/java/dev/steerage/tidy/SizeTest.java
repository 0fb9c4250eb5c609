package dev.steerage.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.tidy.Tree.SourceFile;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Files and functions stay short enough to be read at once.
class SizeTest {

  private static final int FILE_LINES_MAX = 500;
  private static final int FUNCTION_LINES_MAX = 60;

  // Formatted code: a member starts at the indent of its type's body and its end stands alone
  // there.
  private static final Pattern START = Pattern.compile("^( {2}| {4})(?!.*\\brecord )[\\w<].*\\(.*");
  private static final Pattern STATEMENT =
      Pattern.compile(
          "^ *(return|if|for|while|switch|try|synchronized|new|throw|assert|yield)\\b.*");
  private static final Pattern BODY = Pattern.compile(".*\\)( throws [\\w., ]+)? \\{$");

  private final Tree tree = Tree.read();

  @Test
  void shouldKeepFilesShort() {
    assertThat(tree.java())
        .filteredOn(file -> file.lines().size() > FILE_LINES_MAX)
        .extracting(file -> file.path() + ": " + file.lines().size() + " lines")
        .as("files of more than %d lines", FILE_LINES_MAX)
        .isEmpty();
  }

  @Test
  void shouldKeepFunctionsShort() {
    assertThat(tree.java().stream().flatMap(file -> longFunctions(file).stream()))
        .as("functions of more than %d lines", FUNCTION_LINES_MAX)
        .isEmpty();
  }

  private static List<String> longFunctions(SourceFile file) {
    List<String> found = new ArrayList<>();
    List<String> lines = file.lines();
    for (int start = 0; start < lines.size(); start++) {
      var matcher = START.matcher(lines.get(start));
      if (!matcher.matches() || STATEMENT.matcher(lines.get(start)).matches()) {
        continue;
      }
      int body = start;
      while (body + 1 < lines.size()
          && !lines.get(body).endsWith("{")
          && !lines.get(body).endsWith(";")) {
        body++;
      }
      if (BODY.matcher(lines.get(body)).matches()) {
        int length = lines.subList(start, lines.size()).indexOf(matcher.group(1) + "}");
        if (length > FUNCTION_LINES_MAX) {
          found.add(file.path() + ": " + lines.get(start).strip() + " " + length + " lines");
        }
      }
    }
    return found;
  }
}
