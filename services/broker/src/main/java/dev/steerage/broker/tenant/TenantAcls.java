package dev.steerage.broker.tenant;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.topic.Topic;
import dev.steerage.schemas.topic.TopicSettings.Role;
import dev.steerage.schemas.topic.Topics;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/// Who may do what, from the catalogue: every topic is named, no prefix and no wildcard. Only
/// consumer groups go by prefix, `<tenant>.`, because readers choose their names.
public final class TenantAcls {
  /// The roles that are principals of a tenant.
  public static final List<Role> ROLES = List.of(Role.APP, Role.POLICY, Role.VIEWER);

  private static final String ANY_HOST = "*";

  private TenantAcls() {}

  /// The user name of a role: `acme.app`.
  public static String user(TenantId tenant, Role role) {
    return tenant.name() + "." + role.name().toLowerCase(Locale.ROOT);
  }

  /// The user names of a tenant.
  public static List<String> users(TenantId tenant) {
    return ROLES.stream().map(role -> user(tenant, role)).toList();
  }

  /// The bindings of a tenant's principals.
  public static Set<AclBinding> of(TenantSpec spec) {
    Set<AclBinding> bindings = new HashSet<>();
    List<Topic<?, ?>> topics = new ArrayList<>(Topics.platform());
    Topics.ofTenant().forEach(kind -> topics.add(kind.of(spec.tenant())));
    for (Role role : ROLES) {
      String user = user(spec.tenant(), role);
      for (Topic<?, ?> topic : topics) {
        allowed(topic, role, spec.isSuspended())
            .forEach(
                operation ->
                    bindings.add(
                        binding(
                            user,
                            ResourceType.TOPIC,
                            topic.name(),
                            PatternType.LITERAL,
                            operation)));
      }
      bindings.add(
          binding(
              user,
              ResourceType.GROUP,
              spec.tenant().name() + ".",
              PatternType.PREFIXED,
              AclOperation.READ));
    }
    return bindings;
  }

  /// What a role may do to a topic.
  public static Set<AclOperation> allowed(Topic<?, ?> topic, Role role, boolean isSuspended) {
    Set<AclOperation> operations = new HashSet<>();
    if (topic.settings().readers().contains(role)) {
      operations.add(AclOperation.READ);
      operations.add(AclOperation.DESCRIBE);
    }
    if (topic.settings().writers().contains(role) && !isSuspended) {
      operations.add(AclOperation.WRITE);
      operations.add(AclOperation.DESCRIBE);
    }
    return operations;
  }

  private static AclBinding binding(
      String user, ResourceType type, String name, PatternType pattern, AclOperation operation) {
    return new AclBinding(
        new ResourcePattern(type, name, pattern),
        new AccessControlEntry("User:" + user, ANY_HOST, operation, AclPermissionType.ALLOW));
  }
}
