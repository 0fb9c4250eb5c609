package dev.steerage.worker.kafka;

import dev.steerage.schemas.message.RuleAck;
import dev.steerage.worker.tick.RequestOrigin;
import dev.steerage.worker.tick.TickEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// What rules did to requests that have not ended: for monitors that count requests. Of the newest
/// requests only; noting twice is noting once, because a tick may be written twice. Commit thread
/// only.
final class RequestNotes {
  private static final int REQUESTS_MAX = 10_000;
  private static final int RULES_MAX = 64;

  private final Map<String, Note> notes = new LinkedHashMap<>();

  /// Of one request.
  ///
  /// @param rules that acted on it
  /// @param alerts ids of the alerts that rules raised
  /// @param pair what the newest event says of a paired one; at most one
  record Note(Set<String> rules, Set<String> alerts, List<TickEvent.Paired> pair) {}

  void acked(TickEvent.Acked acked) {
    RuleAck ack = acked.ack();
    if (ack.kind() == RuleAck.Kind.APPLIED
        && ack.subjectKind() == RuleAck.SubjectKind.RULE
        && ack.request().isPresent()) {
      Note note = note(RequestOrigin.key(acked.tenant(), ack.request().get()));
      if (note.rules().size() < RULES_MAX) {
        note.rules().add(ack.subject());
      }
    }
  }

  void raised(TickEvent.Raised raised) {
    if (raised.alert().kind().equals("rule")) {
      note(raised.origin().key()).alerts().add(raised.alert().alert());
    }
  }

  void paired(TickEvent.Paired paired) {
    Note note = note(paired.origin().key());
    note.pair().clear();
    note.pair().add(paired);
  }

  private Note note(String request) {
    Note known = notes.get(request);
    if (known == null) {
      known = new Note(new TreeSet<>(), new TreeSet<>(), new ArrayList<>(1));
      notes.put(request, known);
      if (notes.size() > REQUESTS_MAX) {
        notes.remove(notes.keySet().iterator().next());
      }
    }
    return known;
  }

  Note of(RequestOrigin origin) {
    return notes.getOrDefault(origin.key(), new Note(Set.of(), Set.of(), List.of()));
  }
}
