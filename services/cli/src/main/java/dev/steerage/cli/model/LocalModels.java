package dev.steerage.cli.model;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The model folders on this machine.
public final class LocalModels {
  private LocalModels() {}

  /// All of them, by name.
  public static List<Path> in(Path models) {
    if (!Files.isDirectory(models)) {
      throw new CliException(ExitCode.USAGE, "--models: " + models + " is no folder");
    }
    try (Stream<Path> children = Files.list(models)) {
      return children.filter(child -> Files.exists(child.resolve("config.json"))).sorted().toList();
    } catch (IOException e) {
      throw new CliException(ExitCode.USAGE, "--models: " + models + " cannot be read: " + e, e);
    }
  }

  /// The folder of a model given by name or by path.
  public static Path folder(Path models, String given) {
    Path named = models.resolve(given);
    if (!given.contains("/") && Files.isDirectory(named)) {
      return named;
    }
    Path path = Path.of(given);
    if (Files.isDirectory(path)) {
      return path;
    }
    throw new CliException(
        ExitCode.USAGE,
        "no model '%s': neither in %s, which has %s, nor a folder"
            .formatted(
                given,
                models,
                Files.isDirectory(models)
                    ? in(models).stream().map(model -> model.getFileName().toString()).toList()
                    : "nothing"));
  }

  /// The licence that a model's card or licence file states, in a few words.
  public static String licence(Path folder) {
    try {
      Path card = folder.resolve("README.md");
      if (Files.isRegularFile(card)) {
        List<String> lines = Files.readAllLines(card);
        boolean hasFacts = !lines.isEmpty() && lines.getFirst().equals("---");
        for (int i = 1; hasFacts && i < lines.size() && !lines.get(i).equals("---"); i++) {
          if (lines.get(i).startsWith("license:")) {
            return lines.get(i).substring("license:".length()).strip();
          }
        }
      }
      try (Stream<Path> files = Files.list(folder)) {
        return files
            .filter(file -> file.getFileName().toString().matches("LICEN[CS]E.*"))
            .sorted()
            .findFirst()
            .map(LocalModels::firstLine)
            .orElse("not stated");
      }
    } catch (IOException e) {
      return "cannot be read: " + e.getMessage();
    }
  }

  private static String firstLine(Path licence) {
    try (Stream<String> lines = Files.lines(licence)) {
      String first =
          lines.map(String::strip).filter(line -> !line.isEmpty()).findFirst().orElse("");
      return first.isEmpty() ? licence.getFileName().toString() : first;
    } catch (IOException e) {
      return licence.getFileName().toString();
    }
  }
}
