package dev.steerage.index.store;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.index.codec.Input;
import dev.steerage.index.store.TenantShard.Concept;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Reads what [StateEncoder] wrote.
public final class StateDecoder {
  private final Input in;
  private final CodeIndex index;
  private final PositionBatch layout = new PositionBatch();
  private final List<CodeBlock> blocks = new ArrayList<>();
  // Of each block.
  private final List<ModelCounts> owners = new ArrayList<>();
  private int[] windows = new int[0];

  private StateDecoder(Input in, CodeIndex index) {
    this.in = in;
    this.index = index;
  }

  /// An index that knows what the written one knew.
  ///
  /// @throws RuntimeException if it was written under other limits or is not what was written
  public static CodeIndex read(Input in, IndexLimits limits, IndexMetrics metrics) {
    String written = in.text();
    if (!written.equals(limits.toString())) {
      throw new IllegalArgumentException("other limits: " + written);
    }
    var index = new CodeIndex(limits, metrics);
    var decoder = new StateDecoder(in, index);
    decoder.models();
    index.knownSince(in.i64());
    index.modelStore().clock(in.i64());
    decoder.shards();
    decoder.windows();
    decoder.traces();
    decoder.contexts();
    decoder.watermarks();
    return index;
  }

  private void models() {
    for (int left = in.varint(); left > 0; left--) {
      String name = in.text();
      long hashPrefix = in.i64();
      int vocabulary = in.varint();
      int maxPositions = in.varint();
      List<SiteShape> sites = new ArrayList<>();
      for (int site = in.varint(); site > 0; site--) {
        sites.add(new SiteShape(Site.parse(in.text()), in.varint(), in.varint(), in.varint()));
      }
      var shape = new ModelShape(name, sites, vocabulary, maxPositions);
      index.modelSeen(new KnownModel(shape, hashPrefix));
    }
  }

  private void shards() {
    for (int left = in.varint(); left > 0; left--) {
      String tenant = in.text();
      index.tenantSeen(tenant);
      TenantShard shard = index.shard(tenant);
      for (int topics = in.varint(); topics > 0; topics--) {
        String topic = in.text();
        shard.topicIds.put(topic, in.text());
        offsets(topic, shard.progress);
        offsets(topic, shard.readUpTo);
      }
      for (int concepts = in.varint(); concepts > 0; concepts--) {
        Concept concept = concept();
        shard.concepts.put(concept.name(), concept);
      }
      for (int models = in.varint(); models > 0; models--) {
        counts(shard);
      }
    }
  }

  /// A topic of which nothing was read has no offsets, as before.
  private void offsets(String topic, Map<String, long[]> to) {
    long[] offsets = new long[Objects.checkIndex(in.varint(), 1 << 20)];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = in.varlong();
    }
    if (offsets.length > 0) {
      to.put(topic, offsets);
    }
  }

  private Concept concept() {
    String name = in.text();
    String model = in.text();
    long revision = in.varlong();
    List<Code> codes = new ArrayList<>();
    for (int left = in.varint(); left > 0; left--) {
      codes.add(Code.parse(in.text()));
    }
    return new Concept(name, model, codes, revision);
  }

  private KnownModel model(String name) {
    return Objects.requireNonNull(index.knownModel(name), "model of counts");
  }

  private void counts(TenantShard shard) {
    KnownModel model = model(in.text());
    ModelCounts counts = index.modelStore().restore(shard, model, in.varint());
    counts.knownSinceMs = in.i64();
    counts.lastFiring = in.varlong();
    counts.newest = origin();
    for (int site = 0; site < counts.committedPositions.length; site++) {
      counts.committedPositions[site] = in.varlong();
      for (int left = in.varint(); left > 0; left--) {
        int number = in.varint();
        CodeBlock block = counts.block(site, number * CodeBlock.CODES);
        blocks.add(block);
        owners.add(counts);
        block(block);
      }
    }
    touches(counts.touches);
  }

  private void touches(RuleTouches touches) {
    for (int left = in.varint(); left > 0; left--) {
      long key = in.varlong();
      for (int rules = in.varint(); rules > 0; rules--) {
        RuleTouches.Touch touch = Objects.requireNonNull(touches.touch(key, in.text()), "touches");
        touch.put = in.varlong();
        touch.taken = in.varlong();
        touch.lastMs = in.i64();
      }
    }
  }

  private void block(CodeBlock block) {
    for (int code = 0; code < CodeBlock.CODES; code++) {
      block.setCommitted(code, in.varlong());
      for (int i = 0; block.committed(code) > 0 && i < block.tokensPerCode; i++) {
        int count = in.varint();
        if (count > 0) {
          block.setToken(code, i, in.varint(), count, in.varint());
        }
      }
    }
  }

  private Origin origin() {
    return new Origin(in.i64(), in.i64(), in.i32());
  }

  private void windows() {
    WindowStore store = index.positions().windows();
    store.restoreNext(in.varint());
    index.positions().contexts().restoreThreshold(in.i32());
    windows = new int[Objects.checkIndex(in.varint(), 1 << 28)];
    for (int i = 0; i < windows.length; i++) {
      int number = in.varint();
      String request = in.text();
      int position = in.varint();
      Origin origin = origin();
      int focus = in.varint();
      int[] tokens = new int[Objects.checkIndex(in.varint(), 1 << 10)];
      for (int t = 0; t < tokens.length; t++) {
        tokens[t] = in.varint();
      }
      windows[i] = store.restore(number, request, position, origin, focus, tokens);
    }
  }

  private void traces() {
    for (int left = in.varint(); left > 0; left--) {
      TenantShard shard = Objects.requireNonNull(index.shard(in.text()), "tenant of a request");
      String model = in.text();
      ModelCounts counts = Objects.requireNonNull(shard.models.get(model), "counts of a request");
      layout.begin(in.text(), in.varint(), in.varint());
      for (int sites = in.varint(); sites > 0; sites--) {
        layout.site(in.varint(), in.varint());
      }
      trace(new RequestTrace(shard, counts, layout));
    }
  }

  private void trace(RequestTrace trace) {
    TraceStore traces = index.positions().traces();
    traces.add(trace);
    int end = in.varint();
    if (!traces.canHold(trace, end - 1)) {
      throw new IllegalArgumentException("request of " + (end - trace.first) + " positions");
    }
    traces.reserve(trace, end - 1);
    trace.end = end;
    for (int position = trace.first; position < end; position++) {
      if (in.u8() == 1) {
        position(trace, position);
      }
    }
  }

  private void position(RequestTrace trace, int position) {
    trace.states[position - trace.first] = RequestTrace.COMMITTED;
    trace.tokens[position - trace.first] = in.varint();
    int from = trace.codesAt(position);
    for (int i = from; i < from + trace.codesPerPosition; i++) {
      trace.codes[i] = in.varint();
    }
    int window = in.varint();
    if (window > 0) {
      trace.windows[position - trace.first] =
          index.positions().windows().number(windows[window - 1]);
    }
  }

  private void contexts() {
    for (int at = 0; at < blocks.size(); at++) {
      CodeBlock block = blocks.get(at);
      for (int code = 0; code < CodeBlock.CODES; code++) {
        if (block.committed(code) > 0) {
          contexts(owners.get(at), block, code);
        }
      }
    }
  }

  private void contexts(ModelCounts owner, CodeBlock block, int code) {
    WindowStore store = index.positions().windows();
    for (int i = 0; i < block.recentPerCode; i++) {
      int window = in.varint();
      if (window > 0) {
        store.own(windows[window - 1], owner);
        block.setRecent(code, i, store.number(windows[window - 1]));
      }
    }
    for (int i = 0; i < block.samplePerCode; i++) {
      int window = in.varint();
      if (window > 0) {
        store.own(windows[window - 1], owner);
        index.positions().contexts().restoreSample(block, code, i, windows[window - 1]);
      }
    }
  }

  private void watermarks() {
    for (int left = in.varint(); left > 0; left--) {
      long key = in.i64();
      index.positions().watermarks().put(key, in.varint());
    }
  }
}
