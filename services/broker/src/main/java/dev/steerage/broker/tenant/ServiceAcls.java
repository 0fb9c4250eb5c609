package dev.steerage.broker.tenant;

import dev.steerage.domain.tenant.TenantId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/// What Steerage's own services may do. They read by prefix; what they write of a tenant is named
/// topic by topic, so that no service can write what another one says.
public final class ServiceAcls {
  private static final List<String> READ_PREFIXES = List.of("steerage.", "steerage-internal.");
  private static final List<AclOperation> CHANGELOG =
      List.of(
          AclOperation.CREATE,
          AclOperation.DELETE,
          AclOperation.READ,
          AclOperation.WRITE,
          AclOperation.DESCRIBE,
          AclOperation.DESCRIBE_CONFIGS,
          AclOperation.ALTER_CONFIGS);

  private ServiceAcls() {}

  /// Bindings that need no tenant.
  public static Set<AclBinding> platform() {
    Set<AclBinding> bindings = new HashSet<>();
    for (ServicePrincipal service : ServicePrincipal.values()) {
      String user = service.user();
      for (String prefix : READ_PREFIXES) {
        for (AclOperation operation :
            List.of(AclOperation.READ, AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS)) {
          bindings.add(topics(user, prefix, PatternType.PREFIXED, operation));
        }
      }
      service
          .platformWrites()
          .forEach(
              topic -> bindings.add(topics(user, topic, PatternType.LITERAL, AclOperation.WRITE)));
      service
          .prefixWrites()
          .forEach(
              prefix ->
                  bindings.add(topics(user, prefix, PatternType.PREFIXED, AclOperation.WRITE)));
      for (String name : service.names()) {
        bindings.add(of(user, ResourceType.GROUP, name, PatternType.PREFIXED, AclOperation.READ));
        bindings.add(
            of(
                user,
                ResourceType.TRANSACTIONAL_ID,
                name,
                PatternType.PREFIXED,
                AclOperation.WRITE));
      }
    }
    // How far workers are, without being one of them.
    bindings.add(
        of(
            ServicePrincipal.ADMISSION.user(),
            ResourceType.GROUP,
            "steerage-worker.",
            PatternType.PREFIXED,
            AclOperation.DESCRIBE));
    for (String name : ServicePrincipal.STATISTICS.names()) {
      CHANGELOG.forEach(
          operation ->
              bindings.add(
                  topics(
                      ServicePrincipal.STATISTICS.user(), name, PatternType.PREFIXED, operation)));
    }
    return bindings;
  }

  /// What services write of a tenant.
  public static Set<AclBinding> of(TenantId tenant) {
    Set<AclBinding> bindings = new HashSet<>();
    for (ServicePrincipal service : ServicePrincipal.values()) {
      service
          .writes()
          .forEach(
              kind ->
                  bindings.add(
                      topics(
                          service.user(),
                          kind.of(tenant).name(),
                          PatternType.LITERAL,
                          AclOperation.WRITE)));
    }
    return bindings;
  }

  private static AclBinding topics(
      String user, String name, PatternType pattern, AclOperation operation) {
    return of(user, ResourceType.TOPIC, name, pattern, operation);
  }

  private static AclBinding of(
      String user, ResourceType type, String name, PatternType pattern, AclOperation operation) {
    return new AclBinding(
        new ResourcePattern(type, name, pattern),
        new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW));
  }
}
