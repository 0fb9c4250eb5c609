package dev.steerage.transformer.checkpoint;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// Named tensors in one file or in several; mapped, never copied.
sealed interface TensorFile permits SafetensorsFile, TorchFile, ShardedFile {
  String SAFETENSORS = "model.safetensors";
  String TORCH = "pytorch_model.bin";
  String INDEX = ".index.json";

  /// The file that names the tensors; for messages.
  Path path();

  Set<String> names();

  /// A tensor.
  ///
  /// @throws CheckpointException if there is none of this name
  StoredTensor tensor(String name);

  /// All files, in the order in which their content is hashed.
  List<Path> files();

  /// The weights of a model folder, whichever way they are stored.
  static TensorFile in(ModelFolder folder, Arena arena) {
    for (String name : List.of(SAFETENSORS, TORCH)) {
      Path whole = folder.file(name);
      Path index = folder.file(name + INDEX);
      if (Files.exists(whole)) {
        return open(whole, arena);
      }
      if (Files.exists(index)) {
        return ShardedFile.open(folder, index, arena);
      }
    }
    throw none(folder);
  }

  /// No weights in a folder.
  static CheckpointException none(ModelFolder folder) {
    return new CheckpointException(
        folder.file(SAFETENSORS),
        "",
        "this file, " + TORCH + ", or the " + INDEX.substring(1) + " of either",
        "no such file");
  }

  /// One file, by its ending.
  static TensorFile open(Path file, Arena arena) {
    return file.getFileName().toString().endsWith(".bin")
        ? TorchFile.open(file, arena)
        : SafetensorsFile.open(file, arena);
  }
}
