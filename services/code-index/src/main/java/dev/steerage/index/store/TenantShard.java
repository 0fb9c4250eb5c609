package dev.steerage.index.store;

import dev.steerage.domain.codebook.Code;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// All that is known of one tenant. A look-up reaches one shard, by the tenant's name; nothing
/// leads from one shard to another.
final class TenantShard {
  final String tenant;
  final Map<String, ModelCounts> models = new HashMap<>();
  final Map<String, RequestTrace> requests = new HashMap<>();
  final Map<String, Concept> concepts = new HashMap<>();
  // Next offset by partition, of each topic.
  final Map<String, long[]> progress = new HashMap<>();
  // The same, marks of transactions behind the last record included: where to go on reading.
  final Map<String, long[]> readUpTo = new HashMap<>();
  // Of the topics that make up this shard.
  final Map<String, String> topicIds = new HashMap<>();

  TenantShard(String tenant) {
    this.tenant = tenant;
  }

  /// A concept at the newest revision.
  record Concept(String name, String model, List<Code> codes, long revision) {}
}
