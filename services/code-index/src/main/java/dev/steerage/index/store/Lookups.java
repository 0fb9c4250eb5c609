package dev.steerage.index.store;

import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.index.store.TenantShard.Concept;
import dev.steerage.schemas.index.CodeContexts;
import dev.steerage.schemas.index.CodeContexts.Context;
import dev.steerage.schemas.index.CodeContexts.FiredOn;
import dev.steerage.schemas.index.CodeContexts.RuleTouch;
import dev.steerage.schemas.index.ConceptCodes;
import dev.steerage.schemas.index.IndexStatus.Progress;
import dev.steerage.schemas.index.LookupException;
import dev.steerage.schemas.index.LookupException.Reason;
import dev.steerage.schemas.index.PositionCodes;
import dev.steerage.schemas.index.PositionCodes.Position;
import dev.steerage.schemas.index.PositionCodes.SiteSlots;
import dev.steerage.schemas.index.TopCodes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/// Answers questions about one tenant's shard. Every method throws [LookupException] with a reason
/// from a closed set if there is no answer.
public final class Lookups {
  private static final int MOST_RULES = 32;

  private final CodeIndex index;
  private final TenantGuard guard;

  public Lookups(CodeIndex index) {
    this(index, TenantGuard.OPEN);
  }

  /// @param guard asked before any shard is reached
  public Lookups(CodeIndex index, TenantGuard guard) {
    this.index = index;
    this.guard = guard;
  }

  /// How often a code fired; allocates nothing.
  ///
  /// @param siteKey as of [dev.steerage.schemas.index.SiteRefs#key]
  public void counts(String tenant, String model, long siteKey, int code, CountsView into) {
    TenantShard shard = shard(tenant);
    KnownModel known = model(model);
    int site = site(known, siteKey);
    checkCode(known, site, code);
    ModelCounts counts = shard.models.get(model);
    into.firings = counts == null ? 0 : counts.firings(site, code);
    into.live = counts == null ? 0 : counts.live(site, code);
    into.positions = counts == null ? 0 : counts.positions(site);
    into.knownSinceMs = counts == null ? 0 : counts.knownSinceMs;
  }

  /// Where a code fired lately, newest first, and on which tokens.
  public CodeContexts contexts(String tenant, String model, long siteKey, int code, int most) {
    TenantShard shard = shard(tenant);
    KnownModel known = model(model);
    int site = site(known, siteKey);
    checkCode(known, site, code);
    ModelCounts counts = shard.models.get(model);
    CodeBlock block = counts == null ? null : counts.blockIfPresent(site, code);
    if (block == null) {
      return new CodeContexts(List.of(), List.of(), rules(counts, site, code));
    }
    return new CodeContexts(
        contexts(counts, block, site, code, most),
        firedOn(block, code % CodeBlock.CODES),
        rules(counts, site, code));
  }

  private static List<RuleTouch> rules(ModelCounts counts, int site, int code) {
    // A code that never fired may well have been put into slots.
    return counts == null
        ? List.of()
        : counts.touches.of(site, code).stream()
            .limit(MOST_RULES)
            .map(
                each ->
                    new RuleTouch(
                        each.getKey(),
                        each.getValue().put,
                        each.getValue().taken,
                        Instant.ofEpochMilli(each.getValue().lastMs)))
            .toList();
  }

  /// The newest ones, live ones among them, then those of the sample.
  private List<Context> contexts(
      ModelCounts counts, CodeBlock block, int site, int code, int most) {
    ContextStore contexts = index.positions().contexts();
    WindowStore windows = index.positions().windows();
    int row = code % CodeBlock.CODES;
    List<Integer> recent = contexts.recent(block, row);
    List<Context> found = new ArrayList<>();
    if (block.live[row] > 0) {
      found.addAll(index.positions().liveContexts(counts, site, code, block.recentPerCode));
    }
    recent.forEach(slot -> found.add(context(windows, slot)));
    if (found.size() > block.recentPerCode) {
      found.sort(Comparator.comparing(Context::time).reversed());
      found.subList(block.recentPerCode, found.size()).clear();
    }
    contexts.sample(block, row, recent).stream()
        .sorted((a, b) -> windows.isLater(a, b) ? -1 : 1)
        .forEach(slot -> found.add(context(windows, slot)));
    return found.size() > most ? found.subList(0, most) : found;
  }

  private static Context context(WindowStore windows, int slot) {
    List<Integer> tokens = new ArrayList<>(windows.size(slot));
    for (int i = 0; i < windows.size(slot); i++) {
      tokens.add(windows.token(slot, i));
    }
    return new Context(
        windows.request(slot),
        windows.position(slot),
        tokens,
        windows.focus(slot),
        false,
        Instant.ofEpochMilli(windows.origin(slot).timeMs()));
  }

  private static List<FiredOn> firedOn(CodeBlock block, int code) {
    List<FiredOn> tokens = new ArrayList<>();
    for (int i : block.firedOn(code)) {
      tokens.add(
          new FiredOn(block.token(code, i), block.tokenCount(code, i), block.tokenOver(code, i)));
    }
    return tokens;
  }

  /// The codes of a concept at the newest revision.
  public ConceptCodes concept(String tenant, String name) {
    Concept concept = shard(tenant).concepts.get(name);
    if (concept == null) {
      throw missing(
          Reason.UNKNOWN_CONCEPT, "tenant " + tenant + " has no concept '" + clip(name) + "'");
    }
    return new ConceptCodes(concept.name(), concept.model(), concept.revision(), concept.codes());
  }

  /// The codes of a site that fired most, ties to the lowest code id.
  public TopCodes topCodes(String tenant, String model, long siteKey, int most) {
    TenantShard shard = shard(tenant);
    KnownModel known = model(model);
    int site = site(known, siteKey);
    ModelCounts counts = shard.models.get(model);
    if (counts == null) {
      return new TopCodes(List.of(), 0, Instant.EPOCH);
    }
    Comparator<TopCodes.Entry> worstFirst =
        Comparator.comparingLong(TopCodes.Entry::firings)
            .thenComparing(TopCodes.Entry::code, Comparator.reverseOrder());
    PriorityQueue<TopCodes.Entry> top = new PriorityQueue<>(worstFirst);
    int codes = known.shape().sites().get(site).codes();
    for (int code = 0; code < codes; code++) {
      long firings = counts.firings(site, code);
      if (firings > 0 && (top.size() < most || firings > top.element().firings())) {
        if (top.size() == most) {
          top.remove();
        }
        top.add(new TopCodes.Entry(code, firings));
      }
    }
    return new TopCodes(
        top.stream().sorted(worstFirst.reversed()).toList(),
        counts.positions(site),
        Instant.ofEpochMilli(counts.knownSinceMs));
  }

  /// Tokens and codes of a recent request.
  ///
  /// @param bytesLimit about how much the answer may take; fewer positions come beyond it
  public PositionCodes positions(
      String tenant, String request, int fromPosition, int most, int bytesLimit) {
    RequestTrace trace = shard(tenant).requests.get(request);
    if (trace == null || trace.end == trace.first) {
      throw missing(
          Reason.UNKNOWN_REQUEST,
          "no recent positions of request '" + clip(request) + "' of tenant " + tenant);
    }
    List<SiteShape> shapes = trace.counts.model.shape().sites();
    List<SiteSlots> sites = new ArrayList<>();
    for (int i = 0; i < trace.siteIndexes.length; i++) {
      sites.add(new SiteSlots(shapes.get(trace.siteIndexes[i]).site(), trace.slots[i]));
    }
    int fitting = bytesLimit / (16 + 4 * trace.codesPerPosition);
    if (fitting == 0) {
      throw missing(
          Reason.LIMIT,
          "one position has " + trace.codesPerPosition + " codes, limit=" + bytesLimit + " bytes");
    }
    List<Position> positions = new ArrayList<>();
    for (int p = Math.max(fromPosition, trace.first);
        p < trace.end && positions.size() < Math.min(most, fitting);
        p++) {
      if (trace.state(p) != RequestTrace.ABSENT) {
        positions.add(position(trace, p));
      }
    }
    return new PositionCodes(trace.counts.model.name(), sites, positions, trace.end);
  }

  private static Position position(RequestTrace trace, int position) {
    List<Integer> codes = new ArrayList<>(trace.codesPerPosition);
    int from = trace.codesAt(position);
    for (int i = from; i < from + trace.codesPerPosition; i++) {
      codes.add(trace.codes[i]);
    }
    boolean live = trace.state(position) == RequestTrace.LIVE;
    return new Position(position, trace.token(position), live, codes);
  }

  /// How far the topics of a tenant were read; none of an empty name.
  public List<Progress> progress(String tenant) {
    if (tenant.isEmpty()) {
      return List.of();
    }
    List<Progress> progress = new ArrayList<>();
    shard(tenant)
        .progress
        .forEach(
            (topic, offsets) -> {
              for (int partition = 0; partition < offsets.length; partition++) {
                progress.add(new Progress(topic, partition, offsets[partition]));
              }
            });
    progress.sort(Comparator.comparing(Progress::topic).thenComparing(Progress::partition));
    return progress;
  }

  /// Refuses a tenant that has no topics.
  public void checkTenant(String tenant) {
    shard(tenant);
  }

  private TenantShard shard(String tenant) {
    guard.check(tenant);
    TenantShard shard = index.shard(tenant);
    if (shard == null) {
      throw missing(Reason.UNKNOWN_TENANT, "no topics of tenant '" + clip(tenant) + "' were seen");
    }
    return shard;
  }

  private KnownModel model(String name) {
    KnownModel model = index.knownModel(name);
    if (model == null) {
      throw missing(Reason.UNKNOWN_MODEL, "model '" + clip(name) + "' was never announced");
    }
    return model;
  }

  private int site(KnownModel model, long siteKey) {
    int site = model.siteIndex(siteKey);
    if (site < 0) {
      throw missing(
          Reason.UNKNOWN_SITE,
          "model " + model.name() + " has no such site, sites=" + siteNames(model));
    }
    return site;
  }

  private void checkCode(KnownModel model, int site, int code) {
    SiteShape shape = model.shape().sites().get(site);
    if (code < 0 || code >= shape.codes()) {
      throw missing(
          Reason.UNKNOWN_CODE, "code " + shape.site() + ":" + code + ", codes=" + shape.codes());
    }
  }

  private static String siteNames(KnownModel model) {
    List<Site> sites = model.shape().sites().stream().map(SiteShape::site).toList();
    return sites.size() <= 2 ? sites.toString() : sites.getFirst() + " to " + sites.getLast();
  }

  private LookupException missing(Reason reason, String detail) {
    // An index that still reads may know it in a moment.
    String suffix = index.isCaughtUp() ? "" : "; the index is still reading Kafka";
    return new LookupException(reason, detail + suffix);
  }

  private static String clip(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }
}
