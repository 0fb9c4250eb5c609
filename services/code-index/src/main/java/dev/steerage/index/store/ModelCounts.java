package dev.steerage.index.store;

import dev.steerage.domain.model.SiteShape;
import java.util.Arrays;
import java.util.Objects;

/// Counts of one model for one tenant. Blocks are allocated when a code of theirs fires; the memory
/// of all of them is reserved before, so that a count can never be missing for lack of room.
final class ModelCounts {
  // What rules did may take an eighth on top of the counts.
  private static final int TOUCHES_SHARE = 8;

  final TenantShard shard;
  final KnownModel model;
  // The latest record that was counted.
  Origin newest = Origin.NONE;
  final long reservedBytes;
  final long[] committedPositions;
  final long[] livePositions;
  long knownSinceMs;
  // Order of forgetting, kept by ModelStore.
  long lastFiring;

  final int tokensPerCode;
  final RuleTouches touches;
  private final IndexLimits limits;
  private final CodeBlock[][] blocks;

  ModelCounts(TenantShard shard, KnownModel model, IndexLimits limits, int tokensPerCode) {
    this.shard = shard;
    this.model = model;
    this.tokensPerCode = tokensPerCode;
    this.limits = limits;
    this.reservedBytes = bytes(model, limits, tokensPerCode);
    touches = new RuleTouches(reservedBytes / TOUCHES_SHARE / RuleTouches.BYTES);
    int sites = model.shape().sites().size();
    committedPositions = new long[sites];
    livePositions = new long[sites];
    blocks = new CodeBlock[sites][];
    for (int site = 0; site < sites; site++) {
      blocks[site] = new CodeBlock[blockCount(model.shape().sites().get(site))];
    }
  }

  static long bytes(KnownModel model, IndexLimits limits, int tokensPerCode) {
    long blocks = 0;
    for (SiteShape site : model.shape().sites()) {
      blocks += blockCount(site);
    }
    long codes = blocks * CodeBlock.CODES * CodeBlock.bytesPerCode(limits, tokensPerCode);
    return codes + codes / TOUCHES_SHARE;
  }

  private static int blockCount(SiteShape site) {
    return (site.codes() + CodeBlock.CODES - 1) / CodeBlock.CODES;
  }

  /// The block of a code, made if it never fired.
  CodeBlock block(int site, int code) {
    CodeBlock[] ofSite = blocks[site];
    int index = code / CodeBlock.CODES;
    if (ofSite[index] == null) {
      ofSite[index] = new CodeBlock(limits, tokensPerCode);
    }
    return ofSite[index];
  }

  /// The block of a code, or null if none of its codes ever fired.
  CodeBlock blockIfPresent(int site, int code) {
    return blocks[site][code / CodeBlock.CODES];
  }

  /// The blocks of a site; null where no code ever fired.
  CodeBlock[] blocks(int site) {
    return blocks[site];
  }

  /// Every block in use.
  Iterable<CodeBlock> allBlocks() {
    return () -> Arrays.stream(blocks).flatMap(Arrays::stream).filter(Objects::nonNull).iterator();
  }

  /// A record of a time was counted.
  void since(long timeMs) {
    knownSinceMs = knownSinceMs == 0 ? timeMs : Math.min(knownSinceMs, timeMs);
  }

  /// Counts what rules did in a committed record.
  ///
  /// @return how many could not be counted for want of room
  int touch(PositionBatch batch, long timeMs) {
    int refused = 0;
    for (int i = 0; i < batch.touches; i++) {
      int site = batch.touchedSites[i];
      refused += touch(site, batch.putCodes[i], 1, 0, batch.touchedBy[i], timeMs);
      refused += touch(site, batch.takenCodes[i], 0, 1, batch.touchedBy[i], timeMs);
    }
    return refused;
  }

  private int touch(int site, int code, int put, int taken, String rule, long timeMs) {
    if (code < 0) {
      return 0;
    }
    RuleTouches.Touch touch = touches.touch(site, code, rule);
    if (touch == null) {
      return 1;
    }
    touch.put += put;
    touch.taken += taken;
    touch.lastMs = Math.max(touch.lastMs, timeMs);
    return 0;
  }

  long firings(int site, int code) {
    CodeBlock block = blockIfPresent(site, code);
    int i = code % CodeBlock.CODES;
    return block == null ? 0 : block.committed(i) + block.live[i];
  }

  long live(int site, int code) {
    CodeBlock block = blockIfPresent(site, code);
    return block == null ? 0 : block.live[code % CodeBlock.CODES];
  }

  long positions(int site) {
    return committedPositions[site] + livePositions[site];
  }
}
