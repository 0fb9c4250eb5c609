package dev.steerage.index;

import dev.steerage.domain.rule.RuleChange;
import dev.steerage.index.store.CodeIndex;
import dev.steerage.index.store.KnownModel;
import dev.steerage.schemas.message.CodeLabel;

/// What the Kafka reader hands over to the agent, in the order of the log.
public sealed interface CommittedEvent {
  /// How much of the queue it takes.
  default long bytes() {
    return 256;
  }

  /// A tenant has topics.
  record TenantSeen(String tenant) implements CommittedEvent {}

  /// A tenant has no topics any more: it was deleted.
  record TenantGone(String tenant) implements CommittedEvent {}

  /// A topic of a tenant is there.
  ///
  /// @param id no other topic ever has it, not even one of the same name
  record TopicSeen(String tenant, String topic, String id) implements CommittedEvent {}

  /// There is nothing more to read before an offset.
  record ReadUpTo(String tenant, String topic, int partition, long next)
      implements CommittedEvent {}

  /// What was known when a snapshot was taken; comes before everything else.
  record Restored(CodeIndex index) implements CommittedEvent {}

  /// A model was announced, or announced again.
  record ModelSeen(KnownModel model) implements CommittedEvent {}

  /// A committed record of activations, not decoded yet.
  record ActivationsRecord(Source source, byte[] value) implements CommittedEvent {
    @Override
    public long bytes() {
      return 256L + value.length;
    }
  }

  /// A record of a rule log.
  record RuleRecord(Source source, RuleChange change) implements CommittedEvent {}

  /// A label of a code.
  record LabelRecord(Source source, CodeLabel label) implements CommittedEvent {}

  /// A record that could not be read.
  record ForeignRecord(Source source, String reason) implements CommittedEvent {}

  /// Every record that was committed at the start came before this.
  record CaughtUp() implements CommittedEvent {}

  /// Where a record was.
  ///
  /// @param timeMs broker time
  record Source(String tenant, String topic, int partition, long offset, long timeMs) {}
}
