package dev.steerage.statistics.monitor;

import dev.steerage.domain.monitor.Monitor;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Alert;
import dev.steerage.schemas.topic.Topics;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The monitors of all tenants in one partition. One thread; event time never goes back.
public final class PartitionMonitors {
  private final MonitorSink sink;
  private final Map<TenantId, SortedMap<String, MonitorRun>> tenants = new HashMap<>();
  private long nowMs;

  public PartitionMonitors(MonitorSink sink) {
    this.sink = sink;
  }

  /// A monitor as it was before a restart; its state follows.
  public void restore(TenantId tenant, Monitor monitor) {
    put(tenant, run(tenant, monitor));
  }

  /// One part of the state, in the order of the keys. State of a monitor that is not there is left
  /// out.
  public void restoreState(String key, byte[] value) {
    Keeping.Key parsed = Keeping.Key.of(key);
    int slash = parsed.monitorKey().indexOf('/');
    TenantId tenant = new TenantId(parsed.monitorKey().substring(0, slash));
    MonitorRun run = monitors(tenant).get(parsed.monitorKey().substring(slash + 1));
    if (run == null) {
      return;
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(value))) {
      if (parsed.isBaseline()) {
        run.restoreBaseline(in);
      } else {
        run.restoreScope(parsed.name(), in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("state of a monitor: key=" + key, e);
    }
  }

  /// A monitor came or changed. What is the same goes on; another one begins anew, but keeps the
  /// baseline of the same measure.
  public void put(TenantId tenant, Monitor monitor, long atMs) {
    nowMs = Math.max(nowMs, atMs);
    MonitorRun before = monitors(tenant).get(monitor.id());
    if (before != null && before.monitor().equals(monitor)) {
      return;
    }
    MonitorRun next = run(tenant, monitor);
    if (before != null) {
      before.stop(nowMs, "the monitor was changed", sink);
      next.adopt(before);
    }
    put(tenant, next);
  }

  /// A monitor went.
  public void remove(TenantId tenant, String id, long atMs) {
    nowMs = Math.max(nowMs, atMs);
    MonitorRun gone = monitors(tenant).remove(id);
    if (gone != null) {
      gone.stop(nowMs, "the monitor was removed", sink);
    }
    tenants.values().removeIf(Map::isEmpty);
  }

  /// All of a tenant's monitors go, and tell nobody.
  ///
  /// @return which they were
  public List<String> forget(TenantId tenant) {
    SortedMap<String, MonitorRun> gone = tenants.remove(tenant);
    if (gone == null) {
      return List.of();
    }
    gone.values().forEach(run -> run.stop(nowMs, "the tenant was deleted", new Unheard(sink)));
    return List.copyOf(gone.keySet());
  }

  /// Keeps state and tells nobody.
  private record Unheard(MonitorSink sink) implements MonitorSink {
    @Override
    public void alert(TenantId tenant, Alert alert) {}

    @Override
    public void change(
        TenantId tenant, String monitor, String edge, long atMs, RuleChange change) {}

    @Override
    public void keep(String key, byte[] value) {
      sink.keep(key, value);
    }
  }

  private MonitorRun run(TenantId tenant, Monitor monitor) {
    return new MonitorRun(
        tenant, monitor, new Keeping(Topics.monitorKey(tenant, monitor.id()), sink));
  }

  private void put(TenantId tenant, MonitorRun run) {
    tenants.computeIfAbsent(tenant, _ -> new TreeMap<>()).put(run.monitor().id(), run);
  }

  private SortedMap<String, MonitorRun> monitors(TenantId tenant) {
    return tenants.getOrDefault(tenant, new TreeMap<>());
  }

  /// Event time went on.
  public void advance(long atMs) {
    nowMs = Math.max(nowMs, atMs);
    runs().forEach(run -> run.advance(nowMs, sink));
  }

  /// Some positions of a request of a tenant; call [#advance] before.
  public void see(TenantId tenant, Glimpse glimpse) {
    for (MonitorRun run : List.copyOf(monitors(tenant).values())) {
      run.see(glimpse, sink);
    }
  }

  /// A request of a tenant ended.
  public void finished(TenantId tenant, Ended ended) {
    monitors(tenant).values().forEach(run -> run.finished(ended, nowMs, sink));
  }

  /// Event time: of the newest record.
  public long nowMs() {
    return nowMs;
  }

  /// When something happens without a further record; `Long.MAX_VALUE`: never.
  public long dueMs() {
    return runs().mapToLong(MonitorRun::dueMs).min().orElse(Long.MAX_VALUE);
  }

  /// Whether anybody watches a tenant.
  public boolean watches(TenantId tenant) {
    return tenants.containsKey(tenant);
  }

  /// How many monitors there are.
  public long monitors() {
    return runs().count();
  }

  /// How many windows of different scopes they keep.
  public long scopes() {
    return runs().mapToLong(MonitorRun::scopes).sum();
  }

  private Stream<MonitorRun> runs() {
    return tenants.values().stream().flatMap(monitors -> monitors.values().stream());
  }
}
