package dev.steerage.statistics.monitor;

import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.monitor.Bound;
import dev.steerage.domain.monitor.Measure;
import dev.steerage.domain.monitor.Monitor;
import dev.steerage.domain.monitor.MonitorScope;
import dev.steerage.domain.monitor.MonitorWindow;
import dev.steerage.domain.tenant.TenantId;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// One monitor of one tenant with the windows of all its scopes. One thread.
///
/// A window that is open raises as soon as what it has proves the bound crossed, so an edge comes
/// with the token that crosses it and not with the end of the window.
final class MonitorRun {
  static final int SCOPES_MAX = 10_000;

  /// How long a scope is kept without a position.
  static final long IDLE_MS = 3_600_000;

  private final TenantId tenant;
  private final Monitor monitor;
  private final Counting counting;
  private final Edges edges;
  private final Keeping keeping;
  private final Optional<Baseline> baseline;
  private final Map<String, ScopeState> scopes = new HashMap<>();
  private final long paneMs;
  private final long lengthMs;
  private final boolean isSilence;
  private long dueMs = Long.MAX_VALUE;
  private boolean limitSaid;

  MonitorRun(TenantId tenant, Monitor monitor, Keeping keeping) {
    this.tenant = tenant;
    this.monitor = monitor;
    this.keeping = keeping;
    counting = new Counting(monitor.measure());
    edges = new Edges(tenant, monitor);
    baseline =
        monitor.measure() instanceof Measure.Drift drift
            ? Optional.of(new Baseline(drift.baselinePositions()))
            : Optional.empty();
    lengthMs = monitor.window().lengthMs();
    paneMs =
        monitor.window() instanceof MonitorWindow.Hopping hopping ? hopping.everyMs() : lengthMs;
    isSilence = monitor.window() instanceof MonitorWindow.Silence;
  }

  Monitor monitor() {
    return monitor;
  }

  TenantId tenant() {
    return tenant;
  }

  int scopes() {
    return scopes.size();
  }

  /// When something happens without a further position, in event time.
  long dueMs() {
    return dueMs;
  }

  void restoreScope(String scope, DataInputStream in) throws IOException {
    ScopeState state = ScopeState.read(in);
    scopes.put(scope, state);
    due(state);
  }

  void restoreBaseline(DataInputStream in) throws IOException {
    baseline.orElseThrow().read(in);
  }

  /// Takes over what another version of the monitor with the same measure has learned.
  void adopt(MonitorRun other) {
    if (monitor.measure().equals(other.monitor.measure()) && baseline.isPresent()) {
      learn(other.baseline.orElseThrow().all());
    }
  }

  private void learn(List<int[]> positions) {
    Baseline known = baseline.orElseThrow();
    known.add(positions).forEach(chunk -> keeping.keepBaseline(known, chunk));
  }

  void see(Glimpse glimpse, MonitorSink sink) {
    if (monitor.measure().isOfEnds() || !glimpse.model().equals(monitor.model())) {
      return;
    }
    Optional<String> scope =
        Scopes.of(monitor.scope(), glimpse.request(), glimpse.session(), glimpse.labels());
    if (scope.isEmpty()) {
      return;
    }
    if (baseline.filter(known -> !known.isComplete()).isPresent()) {
      learn(counting.positions(glimpse.codes()));
      return;
    }
    long last = glimpse.codes().positions() - 1L + glimpse.codes().firstPosition();
    count(
        scope.get(),
        counting.count(glimpse.codes()),
        glimpse.atMs(),
        Map.of("request", glimpse.request(), "position", Long.toString(last)),
        sink);
  }

  private void count(
      String scope, Tally tally, long atMs, Map<String, String> place, MonitorSink sink) {
    ScopeState state = scopes.get(scope);
    if (state == null) {
      if (scopes.size() >= SCOPES_MAX) {
        if (!limitSaid) {
          limitSaid = true;
          edges.limitHit(SCOPES_MAX, atMs, sink);
        }
        return;
      }
      state = new ScopeState();
      scopes.put(scope, state);
    }
    add(state, tally, atMs);
    if (!counting.isOfClosedWindows()) {
      judge(scope, state, state.sum(Long.MIN_VALUE), atMs, false, place, sink);
    }
    due(state);
    keeping.keepScope(scope, state);
  }

  private void add(ScopeState state, Tally tally, long atMs) {
    long start = isSilence ? firstOf(state, atMs) : Math.floorDiv(atMs, paneMs) * paneMs;
    if (state.panes.isEmpty() || state.panes.getLast().startMs() != start) {
      state.panes.addLast(new ScopeState.Pane(start, tally));
    } else {
      state.panes.getLast().tally().add(tally);
    }
    state.lastSeenMs = atMs;
    if (isSilence) {
      state.nextCloseMs = atMs + lengthMs;
    } else if (state.nextCloseMs == Long.MAX_VALUE) {
      state.nextCloseMs = start + paneMs;
    }
  }

  private static long firstOf(ScopeState state, long atMs) {
    return state.panes.isEmpty() ? atMs : state.panes.getFirst().startMs();
  }

  private void due(ScopeState state) {
    dueMs = Math.min(dueMs, Math.min(state.nextCloseMs, state.lastSeenMs + IDLE_MS));
  }

  /// Event time went on: windows close, and scopes that nobody heard of are forgotten.
  void advance(long nowMs, MonitorSink sink) {
    if (nowMs < dueMs) {
      return;
    }
    dueMs = Long.MAX_VALUE;
    for (Map.Entry<String, ScopeState> entry : List.copyOf(scopes.entrySet())) {
      ScopeState state = entry.getValue();
      boolean changed = false;
      while (state.nextCloseMs <= nowMs) {
        close(entry.getKey(), state, nowMs, sink);
        changed = true;
      }
      if (state.lastSeenMs + IDLE_MS <= nowMs) {
        end(entry.getKey(), nowMs, "nothing was seen for an hour", sink);
        continue;
      }
      if (changed) {
        keeping.keepScope(entry.getKey(), state);
      }
      due(state);
    }
  }

  private void close(String scope, ScopeState state, long nowMs, MonitorSink sink) {
    long end = state.nextCloseMs;
    Tally sum = state.sum(isSilence ? Long.MIN_VALUE : end - lengthMs);
    judge(scope, state, sum, nowMs, true, Map.of(), sink);
    if (isSilence) {
      state.panes.clear();
    } else {
      while (!state.panes.isEmpty() && state.panes.getFirst().startMs() < end + paneMs - lengthMs) {
        state.panes.removeFirst();
      }
    }
    state.nextCloseMs = state.panes.isEmpty() ? Long.MAX_VALUE : end + paneMs;
  }

  private void judge(
      String scope,
      ScopeState state,
      Tally sum,
      long nowMs,
      boolean isClosed,
      Map<String, String> place,
      MonitorSink sink) {
    if (sum.positions < monitor.support() || nowMs - state.lastEdgeMs < monitor.coolDownMs()) {
      return;
    }
    OptionalDouble value = counting.value(sum, length(state), baseline);
    Optional<Bound> bound = bound(sum.positions);
    if (value.isEmpty() || bound.isEmpty()) {
      return;
    }
    Bound crossed = bound.get();
    // What can still grow proves only what is above.
    boolean above = crossed.side() == Bound.Side.ABOVE;
    boolean canRaise = isClosed || !counting.isGrowing() || above;
    boolean canClear = isClosed || !counting.isGrowing() || !above;
    var seen = new Edges.Seen(value.getAsDouble(), crossed, sum.positions, place);
    if (!state.raised && canRaise && crossed.isCrossedBy(value.getAsDouble())) {
      state.raised = true;
      state.lastEdgeMs = nowMs;
      edges.raised(scope, nowMs, seen, sink);
    } else if (state.raised && canClear && crossed.isClearedBy(value.getAsDouble())) {
      state.raised = false;
      state.lastEdgeMs = nowMs;
      edges.cleared(scope, nowMs, seen, sink);
    }
  }

  private long length(ScopeState state) {
    return isSilence
        ? Math.max(lengthMs, state.lastSeenMs - state.panes.getFirst().startMs())
        : lengthMs;
  }

  private Optional<Bound> bound(long positions) {
    if (monitor.bound().isPresent()) {
      return monitor.bound();
    }
    return switch (monitor.measure()) {
      case Measure.Absence _ -> Optional.of(new Bound(Bound.Side.BELOW, 1, 1));
      case Measure.Drift(Site _, int _, double confidence) ->
          baseline
              .filter(Baseline::isComplete)
              .map(known -> calibrated(known, positions, confidence));
      case Measure.Rate _,
          Measure.Share _,
          Measure.CoFiring _,
          Measure.Distinct _,
          Measure.Entropy _,
          Measure.Stops _,
          Measure.Alerts _,
          Measure.Divergence _,
          Measure.Loss _ ->
          Optional.empty();
    };
  }

  /// Raised beyond what nearly every window of the baseline shows, cleared at what half of them do.
  private Bound calibrated(Baseline known, long positions, double confidence) {
    return new Bound(
        Bound.Side.ABOVE,
        known.quantile(confidence, positions, monitor.support(), confidence),
        known.quantile(0.5, positions, monitor.support(), confidence));
  }

  /// A request ended, or what it lost is known.
  void finished(Ended ended, long nowMs, MonitorSink sink) {
    String request = ended.request();
    if (monitor.measure().isOfEnds() && ended.model().equals(monitor.model())) {
      Optional<String> scope = Scopes.of(monitor.scope(), request, ended.session(), ended.labels());
      Optional<Tally> tally = counting.count(ended);
      if (scope.isPresent() && tally.isPresent()) {
        count(scope.get(), tally.get(), nowMs, Map.of("request", request), sink);
      }
    }
    if (ended.isEnd() && monitor.scope() instanceof MonitorScope.OfRequest) {
      ScopeState state = scopes.get(request);
      if (state != null && !state.raised && !state.panes.isEmpty()) {
        // What only a whole window can tell is told now: nothing more comes.
        judge(request, state, state.sum(Long.MIN_VALUE), nowMs, true, Map.of(), sink);
      }
      end(request, nowMs, "the request ended", sink);
    }
  }

  /// The monitor is gone, or another one takes its place.
  void stop(long nowMs, String why, MonitorSink sink) {
    List.copyOf(scopes.keySet()).forEach(scope -> end(scope, nowMs, why, sink));
    baseline.ifPresent(
        known -> {
          for (int chunk = 0; chunk * Baseline.CHUNK < known.positions(); chunk++) {
            keeping.forgetBaseline(chunk);
          }
        });
  }

  private void end(String scope, long nowMs, String why, MonitorSink sink) {
    ScopeState state = scopes.remove(scope);
    if (state == null) {
      return;
    }
    limitSaid = false;
    keeping.forgetScope(scope);
    if (state.raised) {
      edges.ended(scope, nowMs, why, sink);
    }
  }

  /// Scopes that are raised now.
  List<String> raised() {
    List<String> raised = new ArrayList<>();
    scopes.forEach((scope, state) -> raised.addAll(state.raised ? List.of(scope) : List.of()));
    return raised;
  }
}
