package dev.steerage.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The files as the gateway serves them: self-contained, and nothing in them turns text into markup
/// or code.
class ConsoleFilesTest {
  private static final Path ROOT = root();
  private static final Pattern IMPORT =
      Pattern.compile("^(?:import|export)\\s(?:[^=\"]*\\sfrom\\s)?\"([^\"]+)\"");
  private static final Pattern LINK = Pattern.compile("(?:src|href)=\"(/[^\"]+)\"");
  private static final Pattern STYLE_URL = Pattern.compile("url\\(\"([^\"]+)\"\\)");
  private static final int LINES_MAX = 330;

  @Test
  void shouldHaveEveryImportedFile() {
    List<String> missing = new ArrayList<>();
    for (Path file : files(".js")) {
      for (String target : found(IMPORT, file)) {
        if (!target.startsWith(".") || !Files.isRegularFile(file.resolveSibling(target))) {
          missing.add(ROOT.relativize(file) + ": " + target);
        }
      }
    }
    assertThat(missing).isEmpty();
    assertThat(found(IMPORT, ROOT.resolve("app/shell.js"))).hasSizeGreaterThan(5);
  }

  @Test
  void shouldHaveEveryLinkedFile() {
    List<String> targets = new ArrayList<>(found(LINK, ROOT.resolve("index.html")));
    files(".css").forEach(file -> targets.addAll(found(STYLE_URL, file)));

    assertThat(targets).hasSizeGreaterThan(5);
    assertThat(targets)
        .allSatisfy(target -> assertThat(ROOT.resolve(target.substring(1))).isRegularFile());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "dangerouslySetInnerHTML",
        "document\\.write",
        "DOMParser",
        "createContextualFragment",
        "srcdoc",
        "\\beval\\(",
        "new Function\\(",
        "javascript:",
        "setTimeout\\(\\s*[\"'`]",
        "https?://(?!www\\.w3\\.org/)"
      })
  void shouldNeverMakeMarkupOrCodeFromText(String banned) {
    Pattern pattern = Pattern.compile(banned);

    assertThat(Stream.concat(files(".js").stream(), files(".css").stream()))
        .filteredOn(file -> !file.startsWith(ROOT.resolve("vendor")))
        .filteredOn(file -> pattern.matcher(read(file)).find())
        .as("files with %s", banned)
        .isEmpty();
  }

  @Test
  void shouldHaveNeitherInlineScriptNorInlineStyle() {
    String page = read(ROOT.resolve("index.html"));

    assertThat(page)
        .doesNotContainPattern("<script(?![^>]*\\bsrc=)")
        .doesNotContainPattern("<style|\\sstyle=|\\son[a-z]+=");
  }

  /// Attributes of SVG are case-sensitive: `tabIndex` there is an attribute that nobody knows, and
  /// what has it cannot be reached by keyboard.
  @Test
  void shouldLetSvgBeReachedByKeyboard() {
    Pattern svg = Pattern.compile("h\\(\"(svg|g)\"");

    assertThat(files(".js"))
        .filteredOn(file -> !file.startsWith(ROOT.resolve("vendor")))
        .filteredOn(file -> svg.matcher(read(file)).find())
        .isNotEmpty()
        .allSatisfy(file -> assertThat(read(file)).doesNotContain("tabIndex"));
  }

  @Test
  void shouldKeepFilesShort() {
    Map<String, Integer> lines = new TreeMap<>();
    Stream.concat(files(".js").stream(), files(".css").stream())
        .filter(file -> !file.startsWith(ROOT.resolve("vendor")))
        .forEach(
            file -> lines.put(ROOT.relativize(file).toString(), read(file).split("\n").length));

    assertThat(lines).hasSizeGreaterThan(10);
    assertThat(lines).allSatisfy((file, count) -> assertThat(count).isLessThan(LINES_MAX));
  }

  private static Path root() {
    try {
      return Path.of(ConsoleFilesTest.class.getResource("/dev/steerage/console/index.html").toURI())
          .getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the console's files are not on the class path", e);
    }
  }

  private static List<Path> files(String suffix) {
    try (Stream<Path> all = Files.walk(ROOT)) {
      return all.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> found(Pattern pattern, Path file) {
    List<String> found = new ArrayList<>();
    for (String line : read(file).split("\n")) {
      Matcher matcher = pattern.matcher(line);
      while (matcher.find()) {
        found.add(matcher.group(1));
      }
    }
    return found;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
