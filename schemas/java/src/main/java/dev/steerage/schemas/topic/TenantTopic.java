package dev.steerage.schemas.topic;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.codec.Codec;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.common.serialization.Serde;

/// A topic that every tenant has: `steerage.<tenant>.<suffix>`.
///
/// @param suffix the last part of the name: `prompts`, `rules`, ...
public record TenantTopic<K, V>(
    String suffix, Serde<K> key, Codec<V> value, TopicSettings settings) {
  /// The topic of one tenant.
  public Topic<K, V> of(TenantId tenant) {
    return new Topic<>("steerage." + tenant.name() + "." + suffix, key, value, settings);
  }

  /// Matches this topic of every tenant; group 1 is the tenant.
  public Pattern pattern() {
    return Pattern.compile("steerage\\.([a-z0-9-]{1,40})\\." + Pattern.quote(suffix));
  }

  /// The tenant that owns a topic of this kind.
  public Optional<TenantId> tenantOf(String topicName) {
    var matcher = pattern().matcher(topicName);
    return matcher.matches() ? Optional.of(new TenantId(matcher.group(1))) : Optional.empty();
  }
}
