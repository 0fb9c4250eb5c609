package dev.steerage.index.store;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.index.codec.Output;
import dev.steerage.index.store.TenantShard.Concept;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/// Writes everything that an index knows from committed records; [StateDecoder] reads it. The
/// overlay is left out: live positions come back as records. Labels are left out: their topic is
/// compacted and read again.
public final class StateEncoder {
  private final CodeIndex index;
  private final Output to;
  // Blocks in the order in which they are written; contexts name them by number.
  private final Map<CodeBlock, Integer> blocks = new IdentityHashMap<>();
  private final int[] windowNumbers;
  private final WindowStore windows;

  private StateEncoder(CodeIndex index, Output to) {
    this.index = index;
    this.to = to;
    windows = index.positions().windows();
    windowNumbers = new int[windows.used()];
    Arrays.fill(windowNumbers, WindowStore.NONE);
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
    for (int site = 0; site < counts.committedPositions.length; site++) {
      to.varlong(counts.committedPositions[site]);
      CodeBlock[] ofSite = counts.blocks(site);
      to.varint((int) Arrays.stream(ofSite).filter(block -> block != null).count());
      for (int i = 0; i < ofSite.length; i++) {
        if (ofSite[i] != null) {
          blocks.put(ofSite[i], blocks.size());
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
    for (long firings : block.committed) {
      to.varlong(firings);
    }
    TopTokens tokens = block.firedOn;
    for (int place = 0; place < tokens.places(); place++) {
      to.varint(tokens.count(place));
      if (tokens.count(place) > 0) {
        to.varint(tokens.token(place));
        to.varint(tokens.over(place));
      }
    }
  }

  private void windows() {
    ContextStore contexts = index.positions().contexts();
    List<Integer> kept = new ArrayList<>();
    for (boolean ofSample : new boolean[] {true, false}) {
      for (int slot = contexts.first(ofSample);
          slot != ContextStore.NONE;
          slot = contexts.after(slot)) {
        int window = contexts.window(slot);
        if (windows.isCommitted(window) && windowNumbers[window] == WindowStore.NONE) {
          windowNumbers[window] = kept.size();
          kept.add(window);
        }
      }
    }
    to.varint(kept.size());
    for (int window : kept) {
      to.text(windows.request(window));
      to.varint(windows.position(window));
      to.i64(windows.timeMs(window));
      to.varint(windows.focus(window));
      int size = windows.committedSize(window);
      to.varint(size);
      for (int i = 0; i < size; i++) {
        to.varint(windows.token(window, i));
      }
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
    int window = trace.windows[position - trace.first];
    to.varint(window == WindowStore.NONE ? 0 : windowNumbers[window] + 1);
  }

  private void contexts() {
    // Those of the sample are old: they come first, so that none has to leave for them.
    contexts(true);
    contexts(false);
  }

  private void contexts(boolean ofSample) {
    ContextStore contexts = index.positions().contexts();
    int kept = 0;
    for (int slot = contexts.first(ofSample);
        slot != ContextStore.NONE;
        slot = contexts.after(slot)) {
      kept += windowNumbers[contexts.window(slot)] == WindowStore.NONE ? 0 : 1;
    }
    to.varint(kept);
    for (int slot = contexts.first(ofSample);
        slot != ContextStore.NONE;
        slot = contexts.after(slot)) {
      int window = windowNumbers[contexts.window(slot)];
      if (window != WindowStore.NONE) {
        to.varint(window);
        to.varint(blocks.get(contexts.block(slot)));
        to.u8(contexts.codeInBlock(slot));
      }
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
