package dev.steerage.worker.tick;

import dev.steerage.domain.tenant.TenantId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where a request came from: its tenant, its work record and the headers that travel on.
///
/// @param partition of the model's work topic: who owns it may write about the request
/// @param offset there
/// @param tags headers of the prompt that go to every record it causes
/// @param session the session that it is a turn of
/// @param labels labels of the prompt
public record RequestOrigin(
    TenantId tenant,
    String request,
    int partition,
    long offset,
    List<Tag> tags,
    Optional<String> session,
    Map<String, String> labels) {
  public RequestOrigin {
    tags = List.copyOf(tags);
    labels = Map.copyOf(labels);
  }

  /// Without session and labels.
  public RequestOrigin(
      TenantId tenant, String request, int partition, long offset, List<Tag> tags) {
    this(tenant, request, partition, offset, tags, Optional.empty(), Map.of());
  }

  /// A name that no other tenant's request has.
  public String key() {
    return key(tenant, request);
  }

  /// A name that no other tenant's request has.
  public static String key(TenantId tenant, String request) {
    return tenant.name() + "/" + request;
  }

  /// A record header.
  public record Tag(String name, byte[] value) {}
}
