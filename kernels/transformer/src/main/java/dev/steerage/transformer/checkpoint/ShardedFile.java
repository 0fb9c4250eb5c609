package dev.steerage.transformer.checkpoint;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// Tensors in several files, and an index that says which is where.
final class ShardedFile implements TensorFile {
  private static final int MAX_SHARDS = 1_000;
  private static final String NAME = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}";

  private final Path index;
  private final Map<String, TensorFile> fileOf;
  private final List<Path> files;

  private ShardedFile(Path index, Map<String, TensorFile> fileOf, List<Path> files) {
    this.index = index;
    this.fileOf = fileOf;
    this.files = files;
  }

  static ShardedFile open(ModelFolder folder, Path index, Arena arena) {
    JsonFile json = JsonFile.read(index);
    JsonNode map = json.root().path("weight_map");
    if (!map.isObject()) {
      throw json.wrong("weight_map", "names of tensors and their files");
    }
    Map<String, TensorFile> shards = new TreeMap<>();
    Map<String, TensorFile> fileOf = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      String name = shardName(index, entry.getKey(), entry.getValue().asString(""));
      if (!shards.containsKey(name)) {
        if (shards.size() == MAX_SHARDS) {
          throw new CheckpointException(index, "", "at most " + MAX_SHARDS + " files", "more");
        }
        shards.put(name, TensorFile.open(folder.file(name), arena));
      }
      TensorFile shard = shards.get(name);
      if (!shard.names().contains(entry.getKey())) {
        throw new CheckpointException(
            shard.path(), entry.getKey(), "a tensor that the index puts here", "no such tensor");
      }
      fileOf.put(entry.getKey(), shard);
    }
    for (TensorFile shard : shards.values()) {
      for (String name : shard.names()) {
        if (fileOf.get(name) != shard) {
          throw new CheckpointException(
              shard.path(), name, "no tensor that the index puts elsewhere or nowhere", "one");
        }
      }
    }
    List<Path> files = new ArrayList<>();
    shards.values().forEach(shard -> files.addAll(shard.files()));
    files.add(index);
    return new ShardedFile(index, fileOf, List.copyOf(files));
  }

  @Override
  public Path path() {
    return index;
  }

  @Override
  public Set<String> names() {
    return fileOf.keySet();
  }

  @Override
  public List<Path> files() {
    return files;
  }

  @Override
  public StoredTensor tensor(String name) {
    TensorFile file = fileOf.get(name);
    if (file == null) {
      throw new CheckpointException(index, name, "a tensor of this name", "no such tensor");
    }
    return file.tensor(name);
  }

  /// A shard's name, which may not lead out of the folder.
  static String shardName(Path index, String tensor, String name) {
    String ending = index.getFileName().toString().contains(".bin.") ? ".bin" : ".safetensors";
    if (!name.matches(NAME) || !name.endsWith(ending)) {
      throw new CheckpointException(
          index, tensor, "a file of this folder that ends in " + ending, clip(name));
    }
    return name;
  }

  private static String clip(String name) {
    return name.length() <= 60 ? name : name.substring(0, 60) + "…";
  }
}
