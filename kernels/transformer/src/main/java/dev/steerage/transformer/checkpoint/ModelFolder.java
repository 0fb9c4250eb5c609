package dev.steerage.transformer.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Where the files of one model are: a plain folder, or a snapshot of a hub's cache
/// (`models--org--name/snapshots/<revision>`), whose files are links to `blobs`.
///
/// @param path the folder that holds the files
/// @param roof what links may not lead out of; null for a plain folder, whose owner made them
record ModelFolder(Path path, Path roof) {
  private static final String REPOSITORY = "models--";
  private static final String SNAPSHOTS = "snapshots";

  /// A model folder, a snapshot, or the folder of a hub's repository: of its snapshots the one that
  /// `refs/main` names, or the only one.
  static ModelFolder of(Path given) {
    Path folder = given.toAbsolutePath().normalize();
    if (!Files.isDirectory(folder)) {
      throw new CheckpointException(given, "", "a folder", "no such folder");
    }
    if (isRepository(folder)) {
      return new ModelFolder(snapshot(folder), real(folder));
    }
    Path parent = folder.getParent();
    boolean isSnapshot =
        parent != null
            && parent.endsWith(SNAPSHOTS)
            && parent.getParent() != null
            && isRepository(parent.getParent());
    return new ModelFolder(folder, isSnapshot ? real(parent.getParent()) : null);
  }

  /// A file of the model, which need not exist.
  Path file(String name) {
    Path file = path.resolve(name);
    if (roof != null && Files.exists(file) && !real(file).startsWith(roof)) {
      throw new CheckpointException(
          file, "", "a file or link inside " + roof, "a link to " + real(file));
    }
    return file;
  }

  boolean has(String name) {
    return Files.exists(file(name));
  }

  private static boolean isRepository(Path folder) {
    return folder.getFileName() != null
        && folder.getFileName().toString().startsWith(REPOSITORY)
        && Files.isDirectory(folder.resolve(SNAPSHOTS));
  }

  private static Path snapshot(Path repository) {
    Path main = repository.resolve("refs").resolve("main");
    try {
      if (Files.isRegularFile(main) && Files.size(main) <= 100) {
        String revision = Files.readString(main).strip();
        Path named = repository.resolve(SNAPSHOTS).resolve(revision);
        if (revision.matches("[A-Za-z0-9._-]*[A-Za-z0-9]") && Files.isDirectory(named)) {
          return named;
        }
      }
      try (Stream<Path> all = Files.list(repository.resolve(SNAPSHOTS))) {
        List<Path> snapshots = all.filter(Files::isDirectory).limit(2).toList();
        if (snapshots.size() == 1) {
          return snapshots.getFirst();
        }
        throw new CheckpointException(
            repository,
            "",
            "a snapshot that refs/main names, or one alone",
            snapshots.isEmpty() ? "no snapshot" : "several: name one of them");
      }
    } catch (IOException e) {
      throw new CheckpointException(repository, "", "a readable folder", e.toString(), e);
    }
  }

  private static Path real(Path file) {
    try {
      return file.toRealPath();
    } catch (IOException e) {
      throw new CheckpointException(file, "", "a readable file", e.toString(), e);
    }
  }
}
