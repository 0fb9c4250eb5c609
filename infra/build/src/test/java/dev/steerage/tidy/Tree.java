package dev.steerage.tidy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// The project's files, without what the build and the editors make.
final class Tree {

  private static final Set<String> SKIPPED =
      Set.of("target", ".git", ".idea", ".vscode", ".steerage");
  private static final Set<String> TEXT =
      Set.of(
          "java", "md", "xml", "json", "yaml", "yml", "c", "h", "cu", "py", "sh", "flags", "html",
          "js", "css");

  private final Path root;
  private final List<SourceFile> files;
  private final List<Path> folders;

  private Tree(Path root, List<SourceFile> files, List<Path> folders) {
    this.root = root;
    this.files = List.copyOf(files);
    this.folders = List.copyOf(folders);
  }

  /// One text file.
  ///
  /// @param path from the root, with `/`
  record SourceFile(String path, String text) {
    boolean isIn(String... prefixes) {
      for (String prefix : prefixes) {
        if (path.startsWith(prefix)) {
          return true;
        }
      }
      return false;
    }

    boolean isMain() {
      return path.contains("/src/main/");
    }

    boolean isTest() {
      return path.contains("/src/test/");
    }

    List<String> lines() {
      return text.lines().toList();
    }
  }

  static Tree read() {
    Path root = findRoot();
    List<SourceFile> files = new ArrayList<>();
    List<Path> folders = new ArrayList<>();
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              if (SKIPPED.contains(folder.getFileName().toString())) {
                return FileVisitResult.SKIP_SUBTREE;
              }
              folders.add(root.relativize(folder));
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              if (isText(file)) {
                String path = root.relativize(file).toString().replace('\\', '/');
                files.add(new SourceFile(path, Files.readString(file, StandardCharsets.UTF_8)));
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException("tree cannot be read: root=" + root, e);
    }
    return new Tree(root, files, folders);
  }

  private static Path findRoot() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.exists(at.resolve("mvnw"))) {
        return at;
      }
    }
    throw new IllegalStateException("no folder with mvnw above " + Path.of("").toAbsolutePath());
  }

  private static boolean isText(Path file) {
    String name = file.getFileName().toString();
    // The wrapper is Maven's own; scripts have no ending.
    return !name.equals("mvnw")
        && (TEXT.contains(name.substring(name.lastIndexOf('.') + 1)) || name.equals("steerage"));
  }

  Path root() {
    return root;
  }

  List<SourceFile> files() {
    return files;
  }

  List<SourceFile> java() {
    return files(file -> file.path().endsWith(".java"));
  }

  List<SourceFile> files(Predicate<SourceFile> which) {
    return files.stream().filter(which).toList();
  }

  List<Path> folders() {
    return folders;
  }
}
