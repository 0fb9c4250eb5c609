package dev.steerage.index.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// Contexts of every code: the most recent ones by broker time and offset, and those whose hashes
/// are lowest of all. The hash is of the position, so what is kept of old firings is a sample of
/// them in which each had the same chance. Both are functions of what was committed, whatever the
/// order of arrival, as long as there is room.
///
/// Where the samples of all codes hold more windows than may be held, those of the highest hashes
/// go, and no more of such a hash are taken: every sample becomes thinner by the same measure.
final class ContextStore {
  // Numbers of windows begin again from here on.
  private static final int MOST_NUMBERS = 1 << 30;

  private final WindowStore windows;
  private final IndexMetrics metrics;
  private final Set<ModelCounts> counted;
  // Positions of this hash or a higher one are in no sample.
  private int threshold = CodeBlock.UNBOUND;
  // Nobody reads it: what is read ahead must go somewhere.
  private int warmed;

  /// @param counted every model's counts
  ContextStore(WindowStore windows, IndexMetrics metrics, Set<ModelCounts> counted) {
    this.windows = windows;
    this.metrics = metrics;
    this.counted = counted;
  }

  /// A number of a position that says nothing about it: of a hash of few collisions.
  static int hash(String request, int position) {
    long z = ((long) request.hashCode() << 32 | position) + 0x9E37_79B9_7F4A_7C15L;
    z = (z ^ z >>> 30) * 0xBF58_476D_1CE4_E5B9L;
    z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
    return (int) (z >>> 32 ^ z);
  }

  /// Counts the firings of a record's positions, with a context for each.
  ///
  /// @param numbers of the windows of the positions; 0: it has none
  /// @param hashes of the positions
  void take(ModelCounts counts, PositionBatch batch, Origin origin, int[] numbers, int[] hashes) {
    boolean isNewest = origin.compareTo(counts.newest) >= 0;
    if (isNewest) {
      counts.newest = origin;
    }
    for (int site = 0, slotsBefore = 0; site < batch.sites; site++) {
      // Site by site: what one site knows of its codes stays near.
      takeSite(counts, batch, site, slotsBefore, isNewest, numbers, hashes);
      slotsBefore += batch.slots[site];
    }
  }

  private void takeSite(
      ModelCounts counts,
      PositionBatch batch,
      int site,
      int slotsBefore,
      boolean isNewest,
      int[] numbers,
      int[] hashes) {
    int siteIndex = batch.siteIndexes[site];
    CodeBlock[] blocks = counts.blocks(siteIndex);
    int[] codes = batch.codes;
    int slots = batch.slots[site];
    warmed += warm(blocks, batch, slotsBefore, slots);
    for (int i = 0; i < batch.positions; i++) {
      int token = batch.tokens[i];
      int number = numbers[i];
      int hash = number == 0 || hashes[i] >= threshold ? CodeBlock.UNBOUND : hashes[i];
      int from = i * batch.codesPerPosition + slotsBefore;
      for (int at = from; at < from + slots; at++) {
        int code = codes[at];
        CodeBlock block = blocks[code / CodeBlock.CODES];
        if (block == null) {
          block = counts.block(siteIndex, code);
        }
        int row = code % CodeBlock.CODES;
        if (block.fire(row, token, isNewest ? number : 0, hash)) {
          sample(block, row, number, hash);
        }
        if (!isNewest && number != 0) {
          insert(block, row, number);
        }
      }
    }
    counts.committedPositions[siteIndex] += batch.positions;
  }

  /// Reads the rows of a record's codes at a site: reads that wait for nothing come from memory
  /// many at a time, where counting would wait for one after the other.
  private static int warm(CodeBlock[] blocks, PositionBatch batch, int slotsBefore, int slots) {
    int sum = 0;
    for (int i = 0; i < batch.positions; i++) {
      int from = i * batch.codesPerPosition + slotsBefore;
      for (int at = from; at < from + slots; at++) {
        int code = batch.codes[at];
        CodeBlock block = blocks[code / CodeBlock.CODES];
        sum += block == null ? 0 : block.touch(code % CodeBlock.CODES);
      }
    }
    return sum;
  }

  /// Puts a window among a code's recent ones where later ones are already there: partitions are
  /// read one after the other. Those that went make room first.
  private void insert(CodeBlock block, int code, int number) {
    int slot = windows.slot(number);
    if (slot == WindowStore.NONE) {
      return;
    }
    int[] kept = new int[block.recentPerCode + 1];
    int size = 0;
    boolean isIn = false;
    for (int i = 0; i < block.recentPerCode; i++) {
      int other = windows.slot(block.recent(code, i));
      if (other != WindowStore.NONE) {
        if (!isIn && windows.isLater(slot, other)) {
          kept[size++] = number;
          isIn = true;
        }
        kept[size++] = block.recent(code, i);
      }
    }
    if (!isIn) {
      kept[size] = number;
    }
    for (int i = 0; i < block.recentPerCode; i++) {
      block.setRecent(code, i, kept[i]);
    }
  }

  /// Puts a window into a code's sample, in the place of the one of the highest hash.
  private void sample(CodeBlock block, int code, int number, int hash) {
    int slot = windows.slot(number);
    if (slot == WindowStore.NONE) {
      return;
    }
    if (windows.isFull(slot)) {
      thin();
    }
    if (hash >= threshold) {
      return;
    }
    int place = highest(block, code);
    int leaving = block.sample(code, place);
    block.setSample(code, place, slot);
    windows.hold(slot);
    if (leaving != CodeBlock.NONE) {
      windows.letGo(leaving);
    }
    rebound(block, code);
  }

  /// A place without a window, else the one of the highest hash.
  private int highest(CodeBlock block, int code) {
    int highest = 0;
    for (int i = 0; i < block.samplePerCode; i++) {
      int slot = block.sample(code, i);
      if (slot == CodeBlock.NONE) {
        return i;
      }
      if (windows.hash(slot) > windows.hash(block.sample(code, highest))) {
        highest = i;
      }
    }
    return highest;
  }

  private void rebound(CodeBlock block, int code) {
    int slot = block.sample(code, highest(block, code));
    block.setBound(code, slot == CodeBlock.NONE ? CodeBlock.UNBOUND : windows.hash(slot));
  }

  /// Lowers the threshold until there is room.
  private void thin() {
    threshold = windows.upperQuarter();
    for (ModelCounts counts : counted) {
      for (CodeBlock block : counts.allBlocks()) {
        thin(block);
      }
    }
  }

  private void thin(CodeBlock block) {
    for (int code = 0; code < CodeBlock.CODES; code++) {
      for (int i = 0; i < block.samplePerCode; i++) {
        int slot = block.sample(code, i);
        if (slot != CodeBlock.NONE && windows.hash(slot) >= threshold) {
          drop(block, code, i);
        }
      }
    }
  }

  private void drop(CodeBlock block, int code, int i) {
    windows.letGo(block.sample(code, i));
    block.setSample(code, i, CodeBlock.NONE);
    block.setBound(code, CodeBlock.UNBOUND);
    metrics.increment(IndexMetric.EVICTED_CONTEXTS);
  }

  /// Forgets all contexts of a model.
  void removeAll(ModelCounts counts) {
    for (CodeBlock block : counts.allBlocks()) {
      for (int code = 0; code < CodeBlock.CODES; code++) {
        for (int i = 0; i < block.samplePerCode; i++) {
          if (block.sample(code, i) != CodeBlock.NONE) {
            windows.letGo(block.sample(code, i));
            block.setSample(code, i, CodeBlock.NONE);
          }
        }
      }
    }
    windows.forget(counts);
  }

  /// Makes the numbers of windows lower if more would come than there are.
  void renumber(int more, Iterable<RequestTrace> traces) {
    renumber(more, MOST_NUMBERS, traces);
  }

  void renumber(int more, int most, Iterable<RequestTrace> traces) {
    if (windows.next() <= most - more) {
      return;
    }
    int by = windows.surplusOfNumbers();
    for (ModelCounts counts : counted) {
      for (CodeBlock block : counts.allBlocks()) {
        for (int code = 0; code < CodeBlock.CODES; code++) {
          for (int i = 0; i < block.recentPerCode; i++) {
            block.setRecent(code, i, Math.max(0, block.recent(code, i) - by));
          }
        }
      }
    }
    for (RequestTrace trace : traces) {
      for (int i = 0; i < trace.windows.length; i++) {
        trace.windows[i] = Math.max(0, trace.windows[i] - by);
      }
    }
    windows.renumber(by);
  }

  /// Slots of a code's recent contexts that are still there, newest first.
  List<Integer> recent(CodeBlock block, int code) {
    List<Integer> found = new ArrayList<>();
    for (int i = 0; i < block.recentPerCode; i++) {
      int slot = windows.slot(block.recent(code, i));
      if (slot != WindowStore.NONE) {
        found.add(slot);
      }
    }
    return found;
  }

  /// Slots of a code's contexts of the lowest hashes, lowest first, without some others.
  List<Integer> sample(CodeBlock block, int code, List<Integer> without) {
    int most = block.samplePerCode - block.recentPerCode;
    int from = code * block.samplePerCode;
    return Arrays.stream(block.samples(), from, from + block.samplePerCode)
        .filter(slot -> slot != CodeBlock.NONE)
        .boxed()
        .filter(slot -> !without.contains(slot))
        .distinct()
        .sorted((a, b) -> Integer.compare(windows.hash(a), windows.hash(b)))
        .limit(most)
        .toList();
  }

  /// Puts a window of a snapshot back into a code's sample.
  void restoreSample(CodeBlock block, int code, int i, int slot) {
    block.setSample(code, i, slot);
    windows.hold(slot);
    rebound(block, code);
  }

  int threshold() {
    return threshold;
  }

  void restoreThreshold(int hash) {
    threshold = hash;
  }
}
