package dev.steerage.broker.tenant;

import dev.steerage.broker.AdminAnswer;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;

/// Takes away what every service has read of topics that all tenants share and nobody reads twice:
/// what a deleted tenant left there is not readable any more, and what is still to be counted of
/// others is. The broker removes the bytes with their segment.
final class ProcessedRecords {
  private final Admin admin;

  ProcessedRecords(Admin admin) {
    this.admin = admin;
  }

  /// A partition that no group has read is left alone: it is read from its beginning.
  ///
  /// @param groups names of the services' groups begin so
  /// @return partitions that were read
  Set<TopicPartition> delete(Set<String> topics, String groups) {
    Map<TopicPartition, RecordsToDelete> deletions = new HashMap<>();
    read(topics, group -> group.groupId().startsWith(groups))
        .forEach(
            (partition, offset) -> deletions.put(partition, RecordsToDelete.beforeOffset(offset)));
    AdminAnswer.await("delete records", admin.deleteRecords(deletions).all());
    return deletions.keySet();
  }

  /// Up to where every group that is under way with a partition has read it.
  ///
  /// @param groups names of the services' groups begin so
  Map<TopicPartition, Long> readNow(Set<String> topics, String groups) {
    return read(
        topics,
        group ->
            group.groupId().startsWith(groups)
                && group.groupState().filter(GroupState.STABLE::equals).isPresent());
  }

  private Map<TopicPartition, Long> read(Set<String> topics, Predicate<GroupListing> isAsked) {
    Collection<GroupListing> all = AdminAnswer.await("list groups", admin.listGroups().all());
    Map<TopicPartition, Long> read = new HashMap<>();
    for (GroupListing group : all) {
      if (isAsked.test(group)) {
        AdminAnswer.await(
                "offsets of " + group.groupId(),
                admin.listConsumerGroupOffsets(group.groupId()).partitionsToOffsetAndMetadata())
            .forEach(
                (partition, at) -> {
                  if (at != null && topics.contains(partition.topic())) {
                    read.merge(partition, at.offset(), Math::min);
                  }
                });
      }
    }
    return read;
  }
}
