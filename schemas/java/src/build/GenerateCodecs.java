import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import uk.co.real_logic.sbe.SbeTool;

/// Generates the codecs of every `*.xml` in a folder, unless they are newer than all of them.
///
/// Run by the build: `java GenerateCodecs.java <folder of schemas> <folder of sources>`.
class GenerateCodecs {
  public static void main(String[] args) throws Exception {
    Path schemas = Path.of(args[0]);
    Path stamp = Path.of(args[1]).resolve(".generated");
    List<Path> files;
    try (var entries = Files.list(schemas)) {
      files = entries.filter(file -> file.toString().endsWith(".xml")).sorted().toList();
    }
    if (files.isEmpty()) {
      throw new IllegalStateException("no schema in " + schemas.toAbsolutePath());
    }
    String names = String.join("\n", files.stream().map(Path::toString).toList());
    if (Files.exists(stamp) && Files.readString(stamp).equals(names) && isNewer(stamp, files)) {
      return;
    }
    System.setProperty("sbe.output.dir", args[1]);
    System.setProperty("sbe.validation.stop.on.error", "true");
    System.setProperty("sbe.validation.warnings.fatal", "true");
    SbeTool.main(files.stream().map(Path::toString).toArray(String[]::new));
    Files.writeString(stamp, names);
  }

  private static boolean isNewer(Path stamp, List<Path> files) throws IOException {
    FileTime generated = Files.getLastModifiedTime(stamp);
    for (Path file : files) {
      if (Files.getLastModifiedTime(file).compareTo(generated) >= 0) {
        return false;
      }
    }
    return true;
  }
}
