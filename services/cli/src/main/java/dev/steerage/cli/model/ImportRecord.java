package dev.steerage.cli.model;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.schemas.json.BadJson;
import dev.steerage.schemas.json.Json;
import dev.steerage.schemas.json.JsonIn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What was known about a model when it was imported; lies in its folder.
///
/// @param hash of the model, as verified then
/// @param source folder that it came from
/// @param imported instant, ISO 8601
public record ImportRecord(String hash, String source, String imported) {
  public static final String FILE = "import.json";

  private static final int MAX_BYTES = 64 * 1024;

  /// The record of a model folder, if it was imported.
  public static Optional<ImportRecord> of(Path folder) {
    Path file = folder.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      JsonIn in = new JsonIn(Json.parse(Files.readAllBytes(file), MAX_BYTES));
      return Optional.of(new ImportRecord(in.text("hash"), in.text("source"), in.text("imported")));
    } catch (IOException | BadJson e) {
      throw new CliException(
          ExitCode.USAGE, "file=" + file + " is no record of an import: " + e.getMessage(), e);
    }
  }

  byte[] json() {
    return Json.write(
        out -> out.text("hash", hash).text("source", source).text("imported", imported));
  }
}
