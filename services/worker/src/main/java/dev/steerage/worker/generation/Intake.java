package dev.steerage.worker.generation;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.SessionState;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What the adapters tell the token loop. Thread-safe; nothing here waits for decoding unless it
/// says so.
public interface Intake {
  /// What the sessions of a partition have come to; before its requests.
  void remembered(int partition, List<SessionState> sessions);

  /// A request to run, or to continue where `claim` ends.
  void arrived(WorkItem item, Optional<Claim> claim);

  /// A command about one request.
  void ordered(Order order);

  /// Ends the requests of these partitions without a word. Returns when they are gone.
  void drop(Set<Integer> partitions) throws InterruptedException;

  /// Ends the tenant's requests without a word, and those to come for a while: its topics take no
  /// records.
  void abandon(TenantId tenant);

  /// Requests taken that are not in the batch yet.
  int queued();
}
