package dev.steerage.trainer.optimise;

import dev.steerage.ops.Team;
import dev.steerage.ops.TrainingBackend;
import dev.steerage.trainer.model.Batch;
import dev.steerage.trainer.model.Blueprint;
import dev.steerage.trainer.model.CodeRule;
import dev.steerage.trainer.model.PackedModel;
import dev.steerage.trainer.model.Parameter;
import dev.steerage.trainer.model.Precision;
import dev.steerage.trainer.model.Tally;
import dev.steerage.trainer.model.TilePass;
import dev.steerage.trainer.model.Usage;
import dev.steerage.trainer.model.Wanted;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.function.Predicate;

/// Gradients of a batch on all threads, the same bits for any number of them.
///
/// A batch is cut into tiles of a few sequences, whose activations stay in the caches; consecutive
/// tiles form a shard. A shard has its own gradients and runs on one thread, tile after tile. Then
/// the shards are added up in order. Tiles and shards depend on the batch alone.
public final class BatchRunner implements AutoCloseable {
  /// Most shards of a batch: each needs a copy of the gradients.
  static final int MAX_SHARDS = 8;

  private static final int BLOCK = 1 << 15;

  private final Arena arena = Arena.ofShared();
  private final Blueprint blueprint;
  private final TrainingBackend backend;
  private final Team team;
  private final int tileSequences;
  private final List<TilePass> passes = new ArrayList<>();
  private final List<MemorySegment> gradients = new ArrayList<>();
  private final List<Tally> tallies = new ArrayList<>();
  private final List<Usage> usages = new ArrayList<>();

  /// @param sequences most of a batch
  /// @param tileTokens about how many tokens a tile has
  /// @param raised most codes that a [CodeRule] will ever raise a placement to
  /// @param precision of [#run]; evaluations are exact
  public BatchRunner(
      Blueprint blueprint,
      TrainingBackend backend,
      Team team,
      int sequences,
      int length,
      int tileTokens,
      int raised,
      Precision precision) {
    this.blueprint = blueprint;
    this.backend = backend;
    this.team = team;
    tileSequences = Math.clamp(tileTokens / length, 1, sequences);
    for (int worker = 0; worker < team.threads(); worker++) {
      passes.add(new TilePass(blueprint, backend, raised, tileSequences, length, precision, arena));
    }
    for (int shard = 0; shard < shards(sequences); shard++) {
      gradients.add(arena.allocate(blueprint.plan().elements() * Float.BYTES, 64));
      tallies.add(new Tally());
      usages.add(new Usage(blueprint));
    }
  }

  /// Lets [#run] make the gradients of these parameters alone; those of other maps stay 0.
  public BatchRunner only(Predicate<Parameter> trained) {
    Wanted wanted = Wanted.of(blueprint, trained);
    passes.forEach(pass -> pass.only(wanted));
    return this;
  }

  private int tiles(int sequences) {
    return (sequences + tileSequences - 1) / tileSequences;
  }

  private int shards(int sequences) {
    return Math.min(MAX_SHARDS, tiles(sequences));
  }

  /// The sum over the batch, after [#run]; laid out as the parameters.
  public MemorySegment gradients() {
    return gradients.getFirst();
  }

  /// Forward and backward of a batch.
  ///
  /// @param usage gets the chosen codes
  public Tally run(PackedModel model, Batch batch, CodeRule rule, Usage usage) {
    float scale = (float) (1.0 / batch.targetCount());
    int shards = shards(batch.sequences());
    team.each(
        shards,
        (shard, worker) -> {
          gradients.get(shard).fill((byte) 0);
          shard(model, batch, rule, scale, shard, shards, passes.get(worker), true);
        });
    Tally tally = collect(shards, model.isSnapped() ? usage : null);
    reduce(shards);
    return tally;
  }

  /// Forward of a batch alone.
  ///
  /// @param partLosses gets the mean loss of each shard, from which an error can be estimated
  public Tally evaluate(
      PackedModel model, Batch batch, CodeRule rule, Usage usage, DoubleConsumer partLosses) {
    int shards = shards(batch.sequences());
    team.each(
        shards,
        (shard, worker) -> shard(model, batch, rule, 1f, shard, shards, passes.get(worker), false));
    for (int shard = 0; shard < shards; shard++) {
      partLosses.accept(tallies.get(shard).loss());
    }
    return collect(shards, model.isSnapped() ? usage : null);
  }

  private void shard(
      PackedModel model,
      Batch batch,
      CodeRule rule,
      float scale,
      int shard,
      int shards,
      TilePass pass,
      boolean backward) {
    int tiles = tiles(batch.sequences());
    Tally tally = tallies.get(shard);
    tally.clear();
    int first = (int) ((long) shard * tiles / shards);
    int end = (int) ((shard + 1L) * tiles / shards);
    for (int tile = first; tile < end; tile++) {
      int from = tile * tileSequences;
      int count = Math.min(tileSequences, batch.sequences() - from);
      if (backward) {
        pass.train(model, batch, from, count, rule);
      } else {
        pass.forward(model, batch, from, count, rule);
      }
      if (model.isSnapped()) {
        pass.count(rule, usages.get(shard));
      }
      pass.loss(scale, tally);
      if (backward) {
        pass.backward(model, rule, gradients.get(shard));
      }
    }
  }

  private Tally collect(int shards, Usage usageOrNull) {
    Tally all = new Tally();
    for (int shard = 0; shard < shards; shard++) {
      all.add(tallies.get(shard));
      if (usageOrNull != null) {
        usageOrNull.take(usages.get(shard));
      }
    }
    return all;
  }

  private void reduce(int shards) {
    long elements = blueprint.plan().elements();
    int blocks = (int) ((elements + BLOCK - 1) / BLOCK);
    team.each(
        blocks,
        (block, worker) -> {
          long from = (long) block * BLOCK;
          int count = (int) Math.min(BLOCK, elements - from);
          for (int shard = 1; shard < shards; shard++) {
            backend
                .reduction()
                .add(
                    gradients.get(shard), from, count, gradients.getFirst(), from, count, 1, count);
          }
        });
  }

  /// A pass for looking at single sequences between batches.
  public TilePass pass() {
    return passes.getFirst();
  }

  public int tileSequences() {
    return tileSequences;
  }

  @Override
  public void close() {
    arena.close();
  }
}
