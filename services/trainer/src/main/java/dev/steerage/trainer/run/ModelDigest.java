package dev.steerage.trainer.run;

import dev.steerage.trainer.TrainerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// A name for the weights of a model folder.
public final class ModelDigest {
  private ModelDigest() {}

  /// SHA-256 (hex) of the weights file.
  public static String of(Path model) {
    Path file = model.resolve("model.safetensors");
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      return HexFormat.of().formatHex(digest);
    } catch (IOException e) {
      throw new TrainerException("file=" + file + " cannot be read: " + e, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
