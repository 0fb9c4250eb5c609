package dev.steerage.transformer.checkpoint;

import dev.steerage.ops.Backends;
import dev.steerage.ops.Team;
import dev.steerage.ops.linear.WeightType;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.ModelConfig;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// What is in a model folder, after every tensor was read: shapes agree with the configs, every
/// byte was hashed, every value looked at.
///
/// @param sites in canonical order
/// @param tensors that the model is made of; buffers are not counted
/// @param values in those tensors
/// @param types element types that occur, with the number of tensors
/// @param bytes of all files of the model
/// @param hash as [dev.steerage.transformer.CodebookTransformer#hash]
/// @param notFinite tensors that hold NaN or infinity; such a model does not load
/// @param notes as [dev.steerage.transformer.CodebookTransformer#notes]
public record CheckpointReport(
    ModelConfig config,
    List<CodebookSite> sites,
    int tensors,
    long values,
    Map<String, Integer> types,
    long bytes,
    String hash,
    List<NotFinite> notFinite,
    List<String> notes) {

  /// A tensor that holds values that are not finite.
  ///
  /// @param count how many
  /// @param first element of the first
  public record NotFinite(String tensor, long count, long first, float value) {}

  /// Told how many bytes were read and how many there are; on a thread of its own.
  public interface Progress {
    void at(long bytes, long all);
  }

  /// Reads a model folder as a worker would, without keeping anything.
  ///
  /// @throws CheckpointException naming what is wrong
  public static CheckpointReport of(Path given, Progress progress) {
    ModelFolder folder = ModelFolder.of(given);
    long all = bytes(CheckpointFiles.in(given));
    AtomicLong hashed = new AtomicLong();
    Counting counting = new Counting();
    // The reference backend reads weights where they lie.
    try (Arena arena = Arena.ofShared();
        Team team = new Team("checkpoint", Runtime.getRuntime().availableProcessors())) {
      Checkpoint checkpoint =
          Checkpoint.read(
              folder,
              Backends.byName("reference"),
              WeightType.F32,
              arena,
              counting,
              bytes -> progress.at(hashed.addAndGet(bytes), all),
              team);
      return new CheckpointReport(
          checkpoint.weights().config(),
          checkpoint.weights().sites(),
          counting.tensors,
          counting.values,
          Map.copyOf(counting.types),
          all,
          checkpoint.hash(),
          List.copyOf(counting.notFinite.values()),
          checkpoint.notes());
    }
  }

  private static long bytes(CheckpointFiles files) {
    long bytes = 0;
    List<Path> hashed = new ArrayList<>(files.weights());
    hashed.addAll(files.configs());
    hashed.addAll(files.tokenizer());
    for (Path file : hashed) {
      try {
        bytes += Files.size(file);
      } catch (IOException e) {
        throw new CheckpointException(file, "", "a readable file", e.toString(), e);
      }
    }
    return bytes;
  }

  private static final class Counting implements LoadObserver {
    private int tensors;
    private long values;
    private final Map<String, Integer> types = new LinkedHashMap<>();
    private final Map<String, NotFinite> notFinite = new LinkedHashMap<>();

    @Override
    public void read(StoredTensor tensor) {
      tensors++;
      values += tensor.elements();
      types.merge(tensor.type().name(), 1, Integer::sum);
    }

    @Override
    public synchronized void notFinite(StoredTensor tensor, long element, float value) {
      notFinite.merge(
          tensor.name(),
          new NotFinite(tensor.name(), 1, element, value),
          (old, one) -> new NotFinite(old.tensor(), old.count() + 1, old.first(), old.value()));
    }
  }
}
