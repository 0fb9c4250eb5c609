package dev.steerage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelsVerbsTest {
  private static final Path SHIPPED = Path.of("..", "..", "infra", "models");

  @TempDir Path folder;
  private Path models;

  @BeforeEach
  void makeModels() throws IOException {
    models = Files.createDirectory(folder.resolve("models"));
  }

  @Test
  void shouldImportListShowAndVerify() throws IOException {
    Path source = copyOfTokfsm("models--somebody--walks/snapshots/1");
    Files.writeString(source.resolve("README.md"), "---\nlicense: mit\n---\n# Walks\n");

    CliRun.Outcome imported = run("import", source.getParent().getParent().toString());
    assertThat(imported.err()).isEmpty();
    assertThat(imported.status()).isZero();
    assertThat(imported.out()).startsWith("imported walks: gpt_neox, 20 sites, ");
    assertThat(names(models)).containsExactly("walks");
    assertThat(names(models.resolve("walks")))
        .contains("README.md", "import.json", "model.safetensors", "base_config.json");

    assertThat(run("list").out()).contains("walks", "mit", "model.safetensors");
    CliRun.Outcome shown = run("show", "walks");
    assertThat(shown.out())
        .contains("4 layers, 4 heads of 32, width 128, MLP 512")
        .containsPattern("attn +16 +4 +500 +1 +32 +256000")
        .containsPattern("mlp +4 +4 +1000 +1 +128 +512000");
    String hash = imported.out().strip().replaceAll(".*hash ", "");
    assertThat(shown.out()).contains(hash);
    CliRun.Outcome verified = run("verify");
    assertThat(verified.status()).isZero();
    assertThat(verified.out()).contains("walks", hash, "good");
    assertThat(run("show", SHIPPED.resolve("tokfsm").toString(), "--json").out())
        .contains("\"hash\":\"" + hash + "\"", "\"site\":\"L0.attn.H0\"", "\"notFinite\":[]");
  }

  @Test
  void shouldRefuseANameThatIsThereAndReplaceItWhenForced() throws IOException {
    String source = copyOfTokfsm("source").toString();
    run("import", source, "--name", "walks");
    Files.writeString(models.resolve("walks/mine.txt"), "mine");

    CliRun.Outcome refused = run("import", source, "--name", "walks");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("walks", "--force").hasLineCount(1);
    assertThat(models.resolve("walks/mine.txt")).exists();

    assertThat(run("import", source, "--name", "walks", "--force", "--link").status()).isZero();
    assertThat(models.resolve("walks/mine.txt")).doesNotExist();
    assertThat(models.resolve("walks/model.safetensors")).isSymbolicLink();
    assertThat(models.resolve("walks/config.json")).isRegularFile();
    assertThat(names(models)).containsExactly("walks");
  }

  @Test
  void shouldLeaveEverythingAsItWasWhenTheCheckpointIsRefused() throws IOException {
    Path source = copyOfTokfsm("source");
    run("import", source.toString(), "--name", "walks");
    List<String> before = names(models.resolve("walks"));
    overwriteLast(source.resolve("model.safetensors"), Float.NaN);

    CliRun.Outcome refused = run("import", source.toString(), "--name", "walks", "--force");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("expected finite values", "NaN").hasLineCount(1);
    assertThat(names(models)).containsExactly("walks");
    assertThat(names(models.resolve("walks"))).isEqualTo(before);
    assertThat(run("verify", "walks").status()).isZero();
  }

  @Test
  void shouldSayWhatChangedAndWhereValuesAreNotFinite() throws IOException {
    run("import", copyOfTokfsm("source").toString(), "--name", "walks");
    Path weights = models.resolve("walks/model.safetensors");

    overwriteLast(weights, 0.25f);
    CliRun.Outcome changed = run("verify", "walks");
    assertThat(changed.status()).isEqualTo(1);
    assertThat(changed.out()).contains("changed since it was imported");

    overwriteLast(weights, Float.POSITIVE_INFINITY);
    CliRun.Outcome infinite = run("verify", "walks", "--json");
    assertThat(infinite.status()).isEqualTo(1);
    assertThat(infinite.out()).contains("\"good\":false", "\"count\":1", "Infinity");
  }

  @Test
  void shouldTakeTheBaseConfigFromElsewhere() throws IOException {
    Path source = copyOfTokfsm("source");
    Path base = Files.createDirectory(folder.resolve("base"));
    Files.move(source.resolve("base_config.json"), base.resolve("config.json"));

    CliRun.Outcome without = run("import", source.toString());
    assertThat(without.status()).isEqualTo(1);
    assertThat(without.err()).contains("base_config.json", "number of heads");
    assertThat(names(models)).isEmpty();
    assertThat(run("import", source.toString(), "--base", base.toString()).status()).isZero();
    assertThat(run("verify").status()).isZero();
  }

  private CliRun.Outcome run(String... args) {
    String[] all = new String[args.length + 1];
    all[0] = "models";
    System.arraycopy(args, 0, all, 1, args.length);
    return new CliRun("--models", models.toString()).run(all);
  }

  private Path copyOfTokfsm(String to) throws IOException {
    Path target = Files.createDirectories(folder.resolve(to));
    for (String file :
        List.of("config.json", "base_config.json", "model.safetensors", "vocab.json")) {
      Files.copy(SHIPPED.resolve("tokfsm").resolve(file), target.resolve(file));
    }
    return target;
  }

  private static void overwriteLast(Path file, float value) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(bytes.length() - 4);
      bytes.writeInt(Integer.reverseBytes(Float.floatToRawIntBits(value)));
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
