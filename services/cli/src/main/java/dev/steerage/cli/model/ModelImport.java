package dev.steerage.cli.model;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.transformer.checkpoint.CheckpointException;
import dev.steerage.transformer.checkpoint.CheckpointFiles;
import dev.steerage.transformer.checkpoint.CheckpointReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Brings a checkpoint into the folder of models: staged beside it, verified there, then moved to
/// its name in one step. Whatever fails before leaves nothing behind.
///
/// @param source model folder or snapshot of a hub's cache
/// @param models folder of model folders
/// @param name of the model there
/// @param base a base model's config or the folder that holds it, where the source has none
/// @param tokenizer a tokenizer's file or the folder that holds it, where the source has none
/// @param isLinked weights are linked to instead of copied
/// @param isForced a model of this name is replaced
public record ModelImport(
    Path source,
    Path models,
    String name,
    Optional<Path> base,
    Optional<Path> tokenizer,
    boolean isLinked,
    boolean isForced) {
  private static final String NAME = "[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}";
  private static final String STAGES = ".import";
  private static final int COPIED_AT_ONCE = 1 << 20;
  private static final List<String> TOKENIZERS =
      List.of("tokenizer.json", "vocab.json", "merges.txt");

  public ModelImport {
    if (!name.matches(NAME)) {
      throw new CliException(
          ExitCode.USAGE,
          "--name: '" + name + "', expected 1 to 64 letters, digits, '.', '_' or '-'");
    }
  }

  /// The usual name of a source: that of the hub's repository, or of the folder.
  public static String nameOf(Path source) {
    Path folder = source.toAbsolutePath().normalize();
    for (Path at = folder; at != null && at.getFileName() != null; at = at.getParent()) {
      String part = at.getFileName().toString();
      if (part.startsWith("models--")) {
        return part.substring(part.lastIndexOf("--") + 2);
      }
    }
    return folder.getFileName() == null ? "" : folder.getFileName().toString();
  }

  /// Does it.
  ///
  /// @param copying told how many bytes were copied
  /// @param verifying told how many bytes were verified
  public CheckpointReport run(
      CheckpointReport.Progress copying, CheckpointReport.Progress verifying) {
    Path target = models.resolve(name);
    if (Files.exists(target) && !isForced) {
      throw exists(target);
    }
    try {
      Map<String, Path> files = files();
      Files.createDirectories(models.resolve(STAGES));
      Path stage = Files.createTempDirectory(models.resolve(STAGES), name + "-");
      try {
        copy(files, stage, copying);
        CheckpointReport report = CheckpointReport.of(stage, verifying);
        refuseNotFinite(stage, report);
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        Files.write(
            stage.resolve(ImportRecord.FILE),
            new ImportRecord(report.hash(), source.toAbsolutePath().normalize().toString(), now)
                .json());
        moveIn(stage, target);
        return report;
      } finally {
        delete(stage);
        deleteIfEmpty(models.resolve(STAGES));
      }
    } catch (IOException e) {
      throw new CliException(ExitCode.USAGE, "import of " + name + " failed: " + e, e);
    }
  }

  private CliException exists(Path target) {
    return new CliException(
        ExitCode.REFUSED, "model '" + name + "' is there: " + target + "; --force replaces it");
  }

  /// What is copied, by its name in the model's folder.
  private Map<String, Path> files() {
    CheckpointFiles found = CheckpointFiles.in(source);
    Map<String, Path> files = new LinkedHashMap<>();
    found.all().forEach(file -> files.put(file.getFileName().toString(), file));
    base.ifPresent(
        given -> files.put("base_config.json", file(given, List.of("config.json"), "--base")));
    tokenizer.ifPresent(
        given -> {
          TOKENIZERS.forEach(files::remove);
          Path main = file(given, TOKENIZERS.subList(0, 2), "--tokenizer");
          files.put(isCharacters(main) ? "vocab.json" : "tokenizer.json", main);
          Path merges = main.resolveSibling("merges.txt");
          if (isCharacters(main) && Files.isRegularFile(merges)) {
            files.put("merges.txt", merges);
          }
        });
    return files;
  }

  private static boolean isCharacters(Path tokenizer) {
    return tokenizer.getFileName().toString().equals("vocab.json");
  }

  private static Path file(Path given, List<String> names, String option) {
    if (Files.isRegularFile(given)) {
      return given;
    }
    for (String candidate : names) {
      if (Files.isRegularFile(given.resolve(candidate))) {
        return given.resolve(candidate);
      }
    }
    throw new CliException(
        ExitCode.USAGE,
        option + ": " + given + " is no file and has no " + String.join(", ", names));
  }

  private void copy(Map<String, Path> files, Path stage, CheckpointReport.Progress copying)
      throws IOException {
    long all = 0;
    for (Path file : files.values()) {
      all += isLinked(file) ? 0 : Files.size(file);
    }
    long free = Files.getFileStore(stage).getUsableSpace();
    if (free < all) {
      throw new CliException(
          ExitCode.REFUSED, "bytes=" + all + " to copy, limit=" + free + " free in " + models);
    }
    long done = 0;
    byte[] part = new byte[COPIED_AT_ONCE];
    for (Map.Entry<String, Path> file : files.entrySet()) {
      Path to = stage.resolve(file.getKey());
      if (isLinked(file.getValue())) {
        Files.createSymbolicLink(to, file.getValue().toRealPath());
        continue;
      }
      try (InputStream in = Files.newInputStream(file.getValue());
          OutputStream out = Files.newOutputStream(to)) {
        for (int count = in.read(part); count >= 0; count = in.read(part)) {
          out.write(part, 0, count);
          done += count;
          copying.at(done, all);
        }
      }
    }
  }

  private boolean isLinked(Path file) {
    String fileName = file.getFileName().toString();
    return isLinked && (fileName.endsWith(".safetensors") || fileName.endsWith(".bin"));
  }

  private static void refuseNotFinite(Path stage, CheckpointReport report) {
    if (!report.notFinite().isEmpty()) {
      CheckpointReport.NotFinite first = report.notFinite().getFirst();
      throw new CheckpointException(
          stage,
          first.tensor(),
          "finite values",
          "%s at element %d; %d such values in %d tensors"
              .formatted(
                  first.value(),
                  first.first(),
                  report.notFinite().stream().mapToLong(CheckpointReport.NotFinite::count).sum(),
                  report.notFinite().size()));
    }
  }

  /// A folder that is replaced is put aside first and put back if the new one cannot take its
  /// place.
  private void moveIn(Path stage, Path target) throws IOException {
    if (!Files.exists(target)) {
      move(stage, target);
      return;
    }
    if (!isForced) {
      throw exists(target);
    }
    Path old = stage.resolveSibling(stage.getFileName() + ".old");
    move(target, old);
    try {
      move(stage, target);
    } catch (IOException | RuntimeException e) {
      move(old, target);
      throw e;
    }
    delete(old);
  }

  private void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
      throw exists(to);
    }
  }

  /// Another import may be at work in it.
  private static void deleteIfEmpty(Path stages) throws IOException {
    try {
      Files.deleteIfExists(stages);
    } catch (DirectoryNotEmptyException e) {
      // It will delete the folder when it ends.
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(ModelImport::deleteOne);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void deleteOne(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
