package dev.steerage.benchmarks.speed;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// llama.cpp, as npm's package has it, on the same shapes in the same run.
final class LlamaPeer {
  static final String PACKAGE = "@node-llama-cpp/linux-x64@3.22.1";
  private static final int LIMIT_S = 240;
  private static final double SECONDS = 2;

  private final Path driver;
  private final Path addon;
  private final Path work;

  private LlamaPeer(Path driver, Path addon, Path work) {
    this.driver = driver;
    this.addon = addon;
    this.work = work;
  }

  /// Median tokens per second.
  record Rates(double one, double eight, double sixtyFour, double prompt) {}

  /// The peer, fetched by npm the first time; or what is missing, as a line of the report.
  static Optional<LlamaPeer> find(Speed.Setting setting, Report report)
      throws IOException, InterruptedException {
    Path folder = setting.work().resolve("llama");
    Path addon = folder.resolve("package/bins/linux-x64");
    if (!Files.isDirectory(addon)) {
      Files.createDirectories(folder);
      if (!run(folder, "npm", "pack", PACKAGE)
          || !run(folder, "sh", "-c", "tar xzf node-llama-cpp-linux-x64-*.tgz")) {
        report.line("");
        report.line("llama.cpp could not be fetched (npm pack " + PACKAGE + "): not compared.");
        return Optional.empty();
      }
    }
    return Optional.of(new LlamaPeer(setting.peer().resolve("llama.mjs"), addon, folder));
  }

  /// @param type `f32`, `bf16` or `q8_0`
  Rates rates(Shape shape, String type, int threads) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                List.of(
                    "node",
                    driver.toString(),
                    addon.toString(),
                    work.toString(),
                    shape.arguments(),
                    type,
                    String.valueOf(threads),
                    String.valueOf(SECONDS)))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      return new Rates(Double.NaN, Double.NaN, Double.NaN, Double.NaN);
    }
    return new Rates(rate(said, "1"), rate(said, "8"), rate(said, "64"), rate(said, "prompt"));
  }

  private static double rate(String json, String name) {
    Matcher matcher = Pattern.compile("\"" + name + "\":\\{\"median\":([0-9.]+)").matcher(json);
    return matcher.find() ? Double.parseDouble(matcher.group(1)) : Double.NaN;
  }

  private static boolean run(Path folder, String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      boolean ended = process.waitFor(LIMIT_S, TimeUnit.SECONDS);
      if (!ended) {
        process.destroyForcibly();
      }
      return ended && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
