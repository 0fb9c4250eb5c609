package dev.steerage.worker.kafka;

import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.monitor.Monitor;
import dev.steerage.domain.monitor.WatchedCodes;
import dev.steerage.domain.rule.RuleBook;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.json.Words;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.Observation;
import dev.steerage.schemas.sbe.ActivationsEncoder;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.worker.generation.ServedModel;
import dev.steerage.worker.rules.RuleRegistry;
import dev.steerage.worker.rules.TenantRules;
import dev.steerage.worker.tick.FrameCodec;
import dev.steerage.worker.tick.RequestOrigin;
import dev.steerage.worker.tick.TickEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/// What monitors are shown of one tick: of each request the natural codes at the sites that its
/// tenant's monitors watch, and that it ended. A tenant without monitors costs a look-up. Commit
/// thread only.
final class ObservationRecords {
  private static final int[] NOTHING = {};

  private final ServedModel model;
  private final RuleRegistry rules;
  private final ActivationsEncoder encoder = new ActivationsEncoder();
  private final Map<TenantId, Watch> watches = new HashMap<>();
  private final Map<String, List<TickEvent.Fired>> byRequest = new LinkedHashMap<>();
  private final List<ProducerRecord<byte[], byte[]>> finished = new ArrayList<>();
  private final RequestNotes notes = new RequestNotes();
  private long tickMs;

  ObservationRecords(ServedModel model, RuleRegistry rules) {
    this.model = model;
    this.rules = rules;
  }

  /// Which sites the monitors of a tenant watch at a revision, and whether there are monitors.
  private record Watch(long revision, int[] sites, boolean isAny) {}

  /// What rules did to requests.
  RequestNotes notes() {
    return notes;
  }

  void begin(long newTickMs) {
    tickMs = newTickMs;
    byRequest.clear();
    finished.clear();
  }

  void add(TickEvent.Fired fired) {
    int[] sites = watch(fired.origin().tenant()).sites();
    if (sites.length > 0) {
      byRequest
          .computeIfAbsent(fired.origin().key(), _ -> new ArrayList<>())
          .add(
              new TickEvent.Fired(
                  fired.origin(),
                  fired.attempt(),
                  fired.promptLength(),
                  fired.frame(),
                  sites,
                  fired.rules()));
    }
  }

  /// A request ended; what was watched about it alone is over.
  void finished(RequestOrigin origin, Completion.Finished end) {
    if (!watch(origin.tenant()).isAny()) {
      return;
    }
    RequestNotes.Note note = notes.of(origin);
    List<Header> headers = about(origin);
    headers.add(header(Observation.FINISHED, origin.request()));
    headers.add(header(Observation.MODEL, model.name()));
    headers.add(header(Observation.REASON, Words.of(end.reason())));
    headers.add(header(Observation.ACTED, String.join(",", note.rules())));
    headers.add(header(Observation.ALERTS, Integer.toString(note.alerts().size())));
    note.pair()
        .forEach(
            pair ->
                headers.add(
                    header(Observation.PAIR, pair.differingCodes() + "/" + pair.comparedCodes())));
    finished.add(record(origin, new byte[0], headers));
  }

  /// What a request lost that ended before.
  void lost(TickEvent.Lost lost) {
    List<Header> headers = about(lost.origin());
    headers.add(header(Observation.SCORED, lost.origin().request()));
    headers.add(header(Observation.MODEL, model.name()));
    headers.add(header(Observation.ACTED, String.join(",", notes.of(lost.origin()).rules())));
    headers.add(header(Observation.LOSS, Math.round(1e6 * lost.lossNats()) + "/" + lost.tokens()));
    finished.add(record(lost.origin(), new byte[0], headers));
  }

  List<ProducerRecord<byte[], byte[]>> end() {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (List<TickEvent.Fired> frames : byRequest.values()) {
      RequestOrigin origin = frames.getFirst().origin();
      List<Header> headers = about(origin);
      new FrameCodec(model.shape(), model.engine().hash(), frames.getFirst())
          .encode(
              encoder,
              frames,
              tickMs,
              _ -> records.add(record(origin, encoder.toBytes(), headers)));
    }
    records.addAll(finished);
    return records;
  }

  private Watch watch(TenantId tenant) {
    RuleBook book = rules.ready(tenant).map(TenantRules::newest).orElse(RuleBook.empty());
    Watch known = watches.get(tenant);
    if (known == null || known.revision() != book.revision()) {
      known = new Watch(book.revision(), sites(book), !book.monitors(model.name()).isEmpty());
      watches.put(tenant, known);
    }
    return known;
  }

  private int[] sites(RuleBook book) {
    Map<String, Monitor> monitors = book.monitors(model.name());
    if (monitors.isEmpty()) {
      return NOTHING;
    }
    Set<Site> sites = new TreeSet<>();
    for (Monitor monitor : monitors.values()) {
      sites.addAll(
          WatchedCodes.sites(
              monitor, concept -> book.concept(model.name(), concept).orElse(List.of())));
    }
    return sites.stream()
        .flatMapToInt(site -> model.shape().indexOf(site).stream())
        .sorted()
        .toArray();
  }

  private static ProducerRecord<byte[], byte[]> record(
      RequestOrigin origin, byte[] value, List<Header> headers) {
    return new ProducerRecord<>(
        Topics.OBSERVATIONS.name(),
        Topics.monitorPartition(origin.tenant()),
        origin.tenant().name().getBytes(StandardCharsets.UTF_8),
        value,
        headers);
  }

  private static List<Header> about(RequestOrigin origin) {
    List<Header> headers = new ArrayList<>();
    origin.session().ifPresent(session -> headers.add(header(Observation.SESSION, session)));
    origin
        .labels()
        .forEach((name, value) -> headers.add(header(Observation.LABEL_PREFIX + name, value)));
    return headers;
  }

  private static Header header(String name, String value) {
    return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
  }

  /// A monitor as the platform keeps it; one that went is a tombstone.
  static ProducerRecord<byte[], byte[]> monitor(TickEvent.Watched watched) {
    return new ProducerRecord<>(
        Topics.MONITORS.name(),
        Topics.monitorPartition(watched.tenant()),
        Topics.monitorKey(watched.tenant(), watched.id()).getBytes(StandardCharsets.UTF_8),
        watched.monitor().map(Topics.MONITORS.value()::encode).orElse(null));
  }
}
