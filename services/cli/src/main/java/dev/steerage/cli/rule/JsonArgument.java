package dev.steerage.cli.rule;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.schemas.codec.Codec;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.json.BadJson;
import dev.steerage.schemas.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// JSON given on the command line: itself, a file, or `-` for standard input.
public final class JsonArgument {
  private static final int MAX_BYTES = 256 * 1024;

  private JsonArgument() {}

  /// Reads a message; `author` is filled in where the message names none.
  ///
  /// @throws CliException naming what is wrong with it
  public static <T> T read(String argument, String author, Codec<T> codec) {
    byte[] bytes = bytes(argument);
    JsonNode tree;
    try {
      tree = Json.parse(bytes, MAX_BYTES);
    } catch (BadJson e) {
      throw new CliException(ExitCode.USAGE, where(argument) + ": " + e.getMessage(), e);
    }
    if (tree instanceof ObjectNode object && !object.has("author")) {
      object.put("author", author);
    }
    return switch (codec.decode(tree.toString().getBytes(StandardCharsets.UTF_8))) {
      case Decoded.Ok<T> ok -> ok.get();
      case Decoded.Bad<T> bad ->
          throw new CliException(ExitCode.USAGE, where(argument) + ": " + bad.detail());
    };
  }

  private static byte[] bytes(String argument) {
    if (argument.stripLeading().startsWith("{")) {
      return argument.getBytes(StandardCharsets.UTF_8);
    }
    try {
      return argument.equals("-")
          ? System.in.readNBytes(MAX_BYTES + 1)
          : Files.readAllBytes(Path.of(argument));
    } catch (IOException e) {
      throw new CliException(
          ExitCode.USAGE, "'" + argument + "' is neither JSON nor a file that can be read", e);
    }
  }

  private static String where(String argument) {
    return argument.stripLeading().startsWith("{")
        ? "the JSON on the command line"
        : "file=" + argument;
  }
}
