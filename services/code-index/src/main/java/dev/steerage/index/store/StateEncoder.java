package dev.steerage.index.store;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.index.codec.Output;
import dev.steerage.index.store.TenantShard.Concept;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Writes everything that an index knows from committed records; [StateDecoder] reads it. The
/// overlay is left out: live positions come back as records. Labels are left out: their topic is
/// compacted and read again.
public final class StateEncoder {
  private final CodeIndex index;
  private final Output to;
  // In the order in which they are written.
  private final List<CodeBlock> blocks = new ArrayList<>();
  // Of each slot of a window, its place among those that are written, from 1; 0: it is not.
  private final int[] places;
  private final WindowStore windows;

  private StateEncoder(CodeIndex index, Output to) {
    this.index = index;
    this.to = to;
    windows = index.positions().windows();
    places = new int[windows.used()];
  }

  /// Writes an index; on its own thread.
  public static void write(CodeIndex index, Output to) {
    var encoder = new StateEncoder(index, to);
    to.text(index.limits().toString());
    encoder.models();
    to.i64(index.knownSinceMs());
    to.i64(index.modelStore().clock());
    encoder.shards();
    encoder.windows();
    encoder.traces();
    encoder.contexts();
    encoder.watermarks();
  }

  private void models() {
    to.varint(index.models().size());
    for (KnownModel model : index.models().values()) {
      to.text(model.name());
      to.i64(model.hashPrefix());
      to.varint(model.shape().vocabulary());
      to.varint(model.shape().maxPositions());
      to.varint(model.shape().sites().size());
      for (SiteShape site : model.shape().sites()) {
        to.text(site.site().toString());
        to.varint(site.codes());
        to.varint(site.activeCodes());
        to.varint(site.width());
      }
    }
  }

  private void shards() {
    to.varint(index.shards().size());
    for (TenantShard shard : index.shards().values()) {
      to.text(shard.tenant);
      to.varint(shard.topicIds.size());
      shard.topicIds.forEach(
          (topic, id) -> {
            to.text(topic);
            to.text(id);
            offsets(shard.progress.get(topic));
            offsets(shard.readUpTo.get(topic));
          });
      to.varint(shard.concepts.size());
      shard.concepts.values().forEach(this::concept);
      to.varint(shard.models.size());
      shard.models.values().forEach(this::counts);
    }
  }

  private void offsets(long[] offsets) {
    long[] known = offsets == null ? new long[0] : offsets;
    to.varint(known.length);
    Arrays.stream(known).forEach(to::varlong);
  }

  private void concept(Concept concept) {
    to.text(concept.name());
    to.text(concept.model());
    to.varlong(concept.revision());
    to.varint(concept.codes().size());
    for (Code code : concept.codes()) {
      to.text(code.toString());
    }
  }

  private void counts(ModelCounts counts) {
    to.text(counts.model.name());
    to.varint(counts.tokensPerCode);
    to.i64(counts.knownSinceMs);
    to.varlong(counts.lastFiring);
    origin(counts.newest);
    for (int site = 0; site < counts.committedPositions.length; site++) {
      to.varlong(counts.committedPositions[site]);
      CodeBlock[] ofSite = counts.blocks(site);
      to.varint((int) Arrays.stream(ofSite).filter(block -> block != null).count());
      for (int i = 0; i < ofSite.length; i++) {
        if (ofSite[i] != null) {
          blocks.add(ofSite[i]);
          to.varint(i);
          block(ofSite[i]);
        }
      }
    }
    touches(counts.touches);
  }

  private void touches(RuleTouches touches) {
    to.varint(touches.all().size());
    touches
        .all()
        .forEach(
            (key, rules) -> {
              to.varlong(key);
              to.varint(rules.size());
              rules.forEach(
                  (rule, touch) -> {
                    to.text(rule);
                    to.varlong(touch.put);
                    to.varlong(touch.taken);
                    to.i64(touch.lastMs);
                  });
            });
  }

  private void block(CodeBlock block) {
    for (int code = 0; code < CodeBlock.CODES; code++) {
      to.varlong(block.committed(code));
      for (int i = 0; block.committed(code) > 0 && i < block.tokensPerCode; i++) {
        to.varint(block.tokenCount(code, i));
        if (block.tokenCount(code, i) > 0) {
          to.varint(block.token(code, i));
          to.varint(block.tokenOver(code, i));
        }
      }
    }
  }

  private void origin(Origin origin) {
    to.i64(origin.timeMs());
    to.i64(origin.offset());
    to.i32(origin.partition());
  }

  /// Those to which a context leads.
  private void windows() {
    for (CodeBlock block : blocks) {
      for (int code = 0; code < CodeBlock.CODES; code++) {
        for (int i = 0; i < block.recentPerCode; i++) {
          int slot = windows.slot(block.recent(code, i));
          if (slot != WindowStore.NONE) {
            places[slot] = 1;
          }
        }
      }
    }
    // Where they lie depends on what was there before; what they are does not.
    List<Integer> kept =
        IntStream.range(0, places.length)
            .filter(slot -> places[slot] == 1 || windows.isHeld(slot))
            .boxed()
            .sorted(
                Comparator.<Integer>comparingInt(windows::number)
                    .thenComparing(windows::origin)
                    .thenComparing(windows::request)
                    .thenComparing(windows::position))
            .toList();
    to.varint(windows.next());
    to.i32(index.positions().contexts().threshold());
    to.varint(kept.size());
    int place = 0;
    for (int slot : kept) {
      places[slot] = ++place;
      window(slot);
    }
  }

  private void window(int slot) {
    to.varint(windows.number(slot));
    to.text(windows.request(slot));
    to.varint(windows.position(slot));
    origin(windows.origin(slot));
    to.varint(windows.focus(slot));
    to.varint(windows.size(slot));
    for (int i = 0; i < windows.size(slot); i++) {
      to.varint(windows.token(slot, i));
    }
  }

  private void traces() {
    List<RequestTrace> kept = new ArrayList<>();
    for (RequestTrace trace = index.positions().traces().oldest();
        trace != null;
        trace = trace.newer) {
      if (committedEnd(trace) > trace.first) {
        kept.add(trace);
      }
    }
    to.varint(kept.size());
    kept.forEach(this::trace);
  }

  private static int committedEnd(RequestTrace trace) {
    int end = trace.end;
    while (end > trace.first && trace.state(end - 1) != RequestTrace.COMMITTED) {
      end--;
    }
    return end;
  }

  private void trace(RequestTrace trace) {
    to.text(trace.shard.tenant);
    to.text(trace.counts.model.name());
    to.text(trace.request);
    to.varint(trace.attempt);
    to.varint(trace.first);
    to.varint(trace.siteIndexes.length);
    for (int site = 0; site < trace.siteIndexes.length; site++) {
      to.varint(trace.siteIndexes[site]);
      to.varint(trace.slots[site]);
    }
    int end = committedEnd(trace);
    to.varint(end);
    for (int position = trace.first; position < end; position++) {
      boolean isCommitted = trace.state(position) == RequestTrace.COMMITTED;
      to.u8(isCommitted ? 1 : 0);
      if (isCommitted) {
        position(trace, position);
      }
    }
  }

  private void position(RequestTrace trace, int position) {
    to.varint(trace.token(position));
    int from = trace.codesAt(position);
    for (int i = from; i < from + trace.codesPerPosition; i++) {
      to.varint(trace.codes[i]);
    }
    int slot = windows.slot(trace.windows[position - trace.first]);
    to.varint(slot == WindowStore.NONE ? 0 : places[slot]);
  }

  /// Of every code that fired, in the order of the blocks.
  private void contexts() {
    for (CodeBlock block : blocks) {
      for (int code = 0; code < CodeBlock.CODES; code++) {
        if (block.committed(code) > 0) {
          contexts(block, code);
        }
      }
    }
  }

  private void contexts(CodeBlock block, int code) {
    for (int i = 0; i < block.recentPerCode; i++) {
      int slot = windows.slot(block.recent(code, i));
      to.varint(slot == WindowStore.NONE ? 0 : places[slot]);
    }
    for (int i = 0; i < block.samplePerCode; i++) {
      int slot = block.sample(code, i);
      to.varint(slot == CodeBlock.NONE ? 0 : places[slot]);
    }
  }

  private void watermarks() {
    Watermarks watermarks = index.positions().watermarks();
    to.varint(watermarks.size());
    watermarks.forEach(
        (key, end) -> {
          to.i64(key);
          to.varint(end);
        });
  }
}
