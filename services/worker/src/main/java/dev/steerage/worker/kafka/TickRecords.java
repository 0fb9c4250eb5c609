package dev.steerage.worker.kafka;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.DeadLetter;
import dev.steerage.schemas.message.SessionState;
import dev.steerage.schemas.topic.Topic;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.worker.generation.ServedModel;
import dev.steerage.worker.rules.RuleRegistry;
import dev.steerage.worker.tick.RequestOrigin;
import dev.steerage.worker.tick.TickEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/// Turns the events of a tick into records. Commit thread only.
final class TickRecords {
  /// Tokens of one record; a tick holds few per request.
  private static final int TOKENS_MAX = 64;

  private final FiredRecords fired;
  private final ObservationRecords observed;
  private final HistogramRecords histograms;
  private final Topic<String, SessionState> sessions;
  private List<ProducerRecord<byte[], byte[]>> records = List.of();
  private Map<String, Open> open = Map.of();
  private Map<String, OpenPair> openPairs = Map.of();
  private long tickMs;

  TickRecords(ServedModel model, String worker, RuleRegistry rules) {
    fired = new FiredRecords(model);
    observed = new ObservationRecords(model, rules);
    histograms = new HistogramRecords(model, worker);
    sessions = Topics.sessions(model.name());
  }

  /// Consecutive tokens of one request.
  private record Open(
      RequestOrigin origin,
      int attempt,
      List<Completion.Token> tokens,
      List<Completion.PromptToken> prompt) {}

  /// Consecutive tokens of the twin of one request.
  private record OpenPair(RequestOrigin origin, int attempt, List<Completion.PairedToken> tokens) {}

  List<ProducerRecord<byte[], byte[]>> of(List<TickEvent> events) {
    records = new ArrayList<>();
    open = new LinkedHashMap<>();
    openPairs = new LinkedHashMap<>();
    tickMs = System.currentTimeMillis();
    fired.begin(tickMs);
    histograms.begin(tickMs);
    observed.begin(tickMs);
    for (TickEvent event : events) {
      add(event);
    }
    List.copyOf(open.keySet()).forEach(this::closeTokens);
    List.copyOf(openPairs.keySet()).forEach(key -> closePair(key, Optional.empty()));
    records.addAll(fired.end());
    records.addAll(histograms.end());
    records.addAll(observed.end());
    return records;
  }

  private void add(TickEvent event) {
    switch (event) {
      case TickEvent.Said said -> {
        closeTokens(said.origin().key());
        closePair(said.origin().key(), Optional.empty());
        say(said.origin(), said.completion());
        if (said.completion() instanceof Completion.Finished finished) {
          observed.finished(said.origin(), finished);
        }
      }
      case TickEvent.Chosen chosen -> choose(chosen);
      case TickEvent.Paired paired -> {
        observed.notes().paired(paired);
        pair(paired);
      }
      case TickEvent.Lost lost -> observed.lost(lost);
      case TickEvent.Scored scored ->
          open.put(
              scored.origin().key(),
              new Open(scored.origin(), scored.attempt(), new ArrayList<>(), scored.prompt()));
      case TickEvent.Remembered remembered -> records.add(session(remembered));
      case TickEvent.Fired codes -> {
        fired.add(codes);
        histograms.add(codes);
        observed.add(codes);
      }
      case TickEvent.Acked acked -> {
        observed.notes().acked(acked);
        records.add(
            record(
                Topics.RULE_ACKS.of(acked.tenant()),
                acked.ack().subject(),
                acked.ack(),
                List.of()));
      }
      case TickEvent.Watched watched -> records.add(ObservationRecords.monitor(watched));
      case TickEvent.Raised raised -> {
        observed.notes().raised(raised);
        records.add(
            record(
                Topics.ALERTS.of(raised.origin().tenant()),
                raised.alert().subject(),
                raised.alert().at(tickMs),
                headers(raised.origin())));
      }
      case TickEvent.Buried buried -> records.add(deadLetter(buried));
      // They move offsets only.
      case TickEvent.Taken _,
          TickEvent.Skipped _,
          TickEvent.Adopted _,
          TickEvent.Released _,
          TickEvent.RulesAcked _ -> {}
    }
  }

  private void choose(TickEvent.Chosen chosen) {
    String key = chosen.origin().key();
    Open tokens =
        open.computeIfAbsent(
            key, _ -> new Open(chosen.origin(), chosen.attempt(), new ArrayList<>(), List.of()));
    tokens.tokens().add(chosen.token());
    if (tokens.tokens().size() == TOKENS_MAX) {
      closeTokens(key);
    }
  }

  private void closeTokens(String key) {
    Open tokens = open.remove(key);
    if (tokens != null) {
      say(
          tokens.origin(),
          new Completion.Tokens(
              tokens.origin().request(), tokens.attempt(), tokens.tokens(), tokens.prompt()));
    }
  }

  private void pair(TickEvent.Paired paired) {
    String key = paired.origin().key();
    OpenPair tokens =
        openPairs.computeIfAbsent(
            key, _ -> new OpenPair(paired.origin(), paired.attempt(), new ArrayList<>()));
    paired.token().ifPresent(tokens.tokens()::add);
    if (paired.ended().isPresent() || tokens.tokens().size() == TOKENS_MAX) {
      // Whoever reads in order knows every token before it hears of an end.
      closeTokens(key);
      closePair(key, paired.ended());
    }
  }

  private void closePair(String key, Optional<Completion.HalfEnd> ended) {
    OpenPair pair = openPairs.remove(key);
    if (pair != null) {
      say(
          pair.origin(),
          new Completion.Paired(pair.origin().request(), pair.attempt(), pair.tokens(), ended));
    }
  }

  private void say(RequestOrigin origin, Completion completion) {
    records.add(
        record(
            Topics.COMPLETIONS.of(origin.tenant()), origin.request(), completion, headers(origin)));
  }

  static List<Header> headers(RequestOrigin origin) {
    List<Header> headers = new ArrayList<>(origin.tags().size());
    origin.tags().forEach(tag -> headers.add(new RecordHeader(tag.name(), tag.value())));
    return headers;
  }

  static <V> ProducerRecord<byte[], byte[]> record(
      Topic<String, V> topic, String key, V value, List<Header> headers) {
    return new ProducerRecord<>(
        topic.name(),
        null,
        key.getBytes(StandardCharsets.UTF_8),
        topic.value().encode(value),
        headers);
  }

  /// In the partition of the same number as the turn's own record.
  private ProducerRecord<byte[], byte[]> session(TickEvent.Remembered remembered) {
    String key = Topics.workKey(remembered.origin().tenant(), remembered.state().session());
    return new ProducerRecord<>(
        sessions.name(),
        remembered.partition(),
        key.getBytes(StandardCharsets.UTF_8),
        sessions.value().encode(remembered.state()));
  }

  private static ProducerRecord<byte[], byte[]> deadLetter(TickEvent.Buried buried) {
    TenantId tenant = buried.tenant();
    List<Header> headers =
        List.of(
            header(DeadLetter.REASON, dev.steerage.schemas.json.Words.of(buried.refusal())),
            header(DeadLetter.DETAIL, buried.detail()),
            header(DeadLetter.SOURCE_TOPIC, buried.sourceTopic()),
            header(DeadLetter.SOURCE_PARTITION, Integer.toString(buried.sourcePartition())),
            header(DeadLetter.SOURCE_OFFSET, Long.toString(buried.sourceOffset())),
            header(DeadLetter.ATTEMPT, "1"));
    return new ProducerRecord<>(
        Topics.DEAD_LETTERS.of(tenant).name(), null, buried.key(), buried.value(), headers);
  }

  private static Header header(String name, String value) {
    return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
  }
}
