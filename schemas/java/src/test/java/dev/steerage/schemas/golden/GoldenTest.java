package dev.steerage.schemas.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.schemas.codec.Codec;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.golden.Examples.Example;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/// Reads every encoding that was ever released with today's code.
///
/// `-Dgolden.write=true` writes the files that are missing and never changes one that is there.
class GoldenTest {
  private static final Path GOLDEN = Path.of("..", "golden");

  static Stream<Example<?>> examples() {
    return Examples.all();
  }

  static Stream<BinaryExamples.Example> binaries() {
    return BinaryExamples.all();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void shouldReadWhatWasWrittenThen(Example<?> example) throws IOException {
    byte[] golden = golden(example.file(), encode(example));
    assertThat(example.codec().decode(golden)).isEqualTo(Decoded.ok(example.value()));
  }

  @ParameterizedTest
  @MethodSource("examples")
  void shouldReadWhatIsWrittenNow(Example<?> example) {
    assertThat(example.codec().decode(encode(example))).isEqualTo(Decoded.ok(example.value()));
  }

  @ParameterizedTest
  @MethodSource("examples")
  void shouldWriteWhatTheSchemaSays(Example<?> example) {
    if (example.schema() != null) {
      assertThat(example.schema().apply(JsonMapper.shared().readTree(encode(example)))).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void shouldReadTheBytesOfThen(BinaryExamples.Example example) throws IOException {
    byte[] golden = golden(example.file(), example.bytes());
    assertThat(example.describe().apply(golden))
        .isEqualTo(example.describe().apply(example.bytes()))
        .doesNotContain("corrupt");
  }

  @Test
  void shouldKnowWhatEveryFileSays() throws IOException {
    List<String> known =
        Stream.concat(examples().map(Example::file), binaries().map(BinaryExamples.Example::file))
            .sorted()
            .toList();
    try (Stream<Path> files = Files.walk(GOLDEN)) {
      List<String> found =
          files
              .filter(Files::isRegularFile)
              .map(file -> GOLDEN.relativize(file).toString().replace('\\', '/'))
              .filter(file -> file.contains("/") && !file.startsWith("index/"))
              .sorted()
              .toList();
      assertThat(found).isEqualTo(known);
    }
  }

  private static <T> byte[] encode(Example<T> example) {
    Codec<T> codec = example.codec();
    return codec.encode(example.value());
  }

  private static byte[] golden(String name, byte[] today) throws IOException {
    Path file = GOLDEN.resolve(name);
    if (!Files.exists(file) && Boolean.getBoolean("golden.write")) {
      Files.createDirectories(file.getParent());
      Files.write(file, today);
    }
    return Files.readAllBytes(file);
  }
}
