package dev.steerage.trainer.run;

import dev.steerage.schemas.json.BadJson;
import dev.steerage.schemas.json.Json;
import dev.steerage.trainer.TrainerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// `metrics.jsonl` of a run: one report a line. After a resume it ends where the checkpoint was.
final class ReportLog implements ReportSink {
  private static final int MAX_BYTES = 1 << 16;

  private final Path file;

  /// @param steps lines of later steps are removed: they will be written again
  ReportLog(Path file, long steps) {
    this.file = file;
    try {
      List<String> kept = new ArrayList<>();
      if (Files.exists(file)) {
        for (String line : Files.readAllLines(file)) {
          // A line may be cut short where the process died.
          if (line.endsWith("}") && steps(line) <= steps) {
            kept.add(line);
          }
        }
      }
      Files.write(file, kept);
    } catch (IOException e) {
      throw new TrainerException("file=" + file + " cannot be written: " + e.getMessage(), e);
    }
  }

  /// The lowest loss on the validation data that a stage has reported so far; infinite without one.
  double lowestLoss(String stage) {
    try {
      double lowest = Double.POSITIVE_INFINITY;
      for (String line : Files.readAllLines(file)) {
        JsonNode report = Json.parse(line.getBytes(StandardCharsets.UTF_8), MAX_BYTES);
        if (report.path("stage").asString("").equals(stage)) {
          lowest = Math.min(lowest, report.path("valid-loss").asDouble(lowest));
        }
      }
      return lowest;
    } catch (IOException | BadJson e) {
      throw new TrainerException("file=" + file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static long steps(String line) {
    int at = line.indexOf("\"steps\":") + "\"steps\":".length();
    int end = at;
    while (end < line.length() && Character.isDigit(line.charAt(end))) {
      end++;
    }
    return end == at ? Long.MAX_VALUE : Long.parseLong(line.substring(at, end));
  }

  @Override
  public void accept(StepReport report) {
    try {
      Files.writeString(
          file, report.json() + "\n", StandardCharsets.UTF_8, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new TrainerException("file=" + file + " cannot be written: " + e.getMessage(), e);
    }
  }
}
