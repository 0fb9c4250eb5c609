package dev.steerage.transformer.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// The files of a model folder that belong to the model, whatever else lies there.
///
/// @param weights one file, or shards and their index
/// @param configs `config.json`, and `base_config.json` where it is there
/// @param tokenizer main file first; empty where there is none
/// @param texts model card, licences, and the automaton that the model follows
public record CheckpointFiles(
    List<Path> weights, List<Path> configs, List<Path> tokenizer, List<Path> texts) {
  private static final long MAX_TEXT_BYTES = 1 << 20;

  public CheckpointFiles {
    weights = List.copyOf(weights);
    configs = List.copyOf(configs);
    tokenizer = List.copyOf(tokenizer);
    texts = List.copyOf(texts);
  }

  /// Names the files; reads no more than a shard index.
  ///
  /// @throws CheckpointException if weights or config are missing, or links lead out of a snapshot
  public static CheckpointFiles in(Path given) {
    ModelFolder folder = ModelFolder.of(given);
    List<Path> configs = new ArrayList<>();
    configs.add(required(folder.file(CodebookConfig.FILE)));
    if (folder.has(BaseConfig.FILE)) {
      configs.add(folder.file(BaseConfig.FILE));
    }
    return new CheckpointFiles(weights(folder), configs, TokenizerFile.in(folder), texts(folder));
  }

  /// All of them.
  public List<Path> all() {
    return Stream.of(weights, configs, tokenizer, texts).flatMap(List::stream).toList();
  }

  private static List<Path> weights(ModelFolder folder) {
    for (String name : List.of(TensorFile.SAFETENSORS, TensorFile.TORCH)) {
      if (folder.has(name)) {
        return List.of(folder.file(name));
      }
      String index = name + TensorFile.INDEX;
      if (folder.has(index)) {
        Set<String> shards = new TreeSet<>();
        JsonFile json = JsonFile.read(folder.file(index));
        for (JsonNode shard : json.root().path("weight_map")) {
          shards.add(ShardedFile.shardName(json.file(), "weight_map", shard.asString("")));
        }
        List<Path> files = new ArrayList<>();
        shards.forEach(shard -> files.add(required(folder.file(shard))));
        files.add(json.file());
        return files;
      }
    }
    throw TensorFile.none(folder);
  }

  private static List<Path> texts(ModelFolder folder) {
    try (Stream<Path> files = Files.list(folder.path())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(
              name ->
                  Set.of("README.md", "automaton.json").contains(name)
                      || name.matches("(LICEN[CS]E|NOTICE)[A-Za-z0-9._-]*"))
          .sorted()
          .map(folder::file)
          .filter(Files::isRegularFile)
          .filter(CheckpointFiles::isShort)
          .toList();
    } catch (IOException e) {
      throw new CheckpointException(folder.path(), "", "a readable folder", e.toString(), e);
    }
  }

  private static boolean isShort(Path file) {
    try {
      return Files.size(file) <= MAX_TEXT_BYTES;
    } catch (IOException e) {
      throw new CheckpointException(file, "", "a readable file", e.toString(), e);
    }
  }

  private static Path required(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new CheckpointException(file, "", "a file", "no such file");
    }
    return file;
  }
}
