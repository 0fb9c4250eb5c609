package dev.steerage.broker.tenant;

import dev.steerage.broker.AdminAnswer;
import dev.steerage.broker.BrokerException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.apache.kafka.common.resource.ResourceType;

/// The ACLs of a cluster, asked for and changed in requests of bounded size. One without an
/// authorizer has none.
final class ClusterAcls {
  /// A controller refuses 10,000 at once.
  private static final int TOGETHER = 2_000;

  /// Each question has a broker go through all of its ACLs: who asks for more is quicker to go
  /// through them himself.
  private static final int QUESTIONS = 50;

  private final Admin admin;

  ClusterAcls(Admin admin) {
    this.admin = admin;
  }

  /// What these users may do, and what anybody may do to these topics; empty if the cluster keeps
  /// no ACLs.
  Optional<Set<AclBinding>> find(Set<String> users, Set<String> topics) {
    if (users.size() + topics.size() <= QUESTIONS) {
      return find(filters(users, topics));
    }
    Set<String> principals = users.stream().map(ClusterAcls::principal).collect(Collectors.toSet());
    return find(List.of(AclBindingFilter.ANY))
        .map(
            all -> {
              all.removeIf(
                  binding ->
                      !principals.contains(binding.entry().principal())
                          && !(isOnOneTopic(binding) && topics.contains(binding.pattern().name())));
              return all;
            });
  }

  private Optional<Set<AclBinding>> find(List<AclBindingFilter> filters) {
    List<KafkaFuture<Collection<AclBinding>>> asked =
        filters.stream().map(filter -> admin.describeAcls(filter).values()).toList();
    Set<AclBinding> found = new HashSet<>();
    try {
      asked.forEach(answer -> found.addAll(AdminAnswer.await("list ACLs", answer)));
      return Optional.of(found);
    } catch (BrokerException e) {
      if (e.getCause() instanceof SecurityDisabledException) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static String principal(String user) {
    return "User:" + user;
  }

  private static boolean isOnOneTopic(AclBinding binding) {
    return binding.pattern().resourceType() == ResourceType.TOPIC
        && binding.pattern().patternType() == PatternType.LITERAL;
  }

  void create(Set<AclBinding> missing) {
    for (List<AclBinding> part : parts(List.copyOf(missing))) {
      AdminAnswer.await("make " + part.size() + " ACLs", admin.createAcls(part).all());
    }
  }

  void delete(Set<AclBinding> extra) {
    delete(extra.stream().map(AclBinding::toFilter).toList());
  }

  /// Deletes what [#find] finds.
  void deleteOf(Set<String> users, Set<String> topics) {
    try {
      delete(filters(users, topics));
    } catch (BrokerException e) {
      if (!(e.getCause() instanceof SecurityDisabledException)) {
        throw e;
      }
    }
  }

  private void delete(List<AclBindingFilter> filters) {
    for (List<AclBindingFilter> part : parts(filters)) {
      AdminAnswer.await("delete " + part.size() + " ACLs", admin.deleteAcls(part).all());
    }
  }

  private static <T> List<List<T>> parts(List<T> all) {
    List<List<T>> parts = new ArrayList<>();
    for (int at = 0; at < all.size(); at += TOGETHER) {
      parts.add(all.subList(at, Math.min(all.size(), at + TOGETHER)));
    }
    return parts;
  }

  private static List<AclBindingFilter> filters(Set<String> users, Set<String> topics) {
    return Stream.concat(
            users.stream().map(ClusterAcls::ofUser), topics.stream().map(ClusterAcls::onTopic))
        .toList();
  }

  private static AclBindingFilter ofUser(String user) {
    return new AclBindingFilter(
        ResourcePatternFilter.ANY,
        new AccessControlEntryFilter(
            principal(user), null, AclOperation.ANY, AclPermissionType.ANY));
  }

  private static AclBindingFilter onTopic(String name) {
    return new AclBindingFilter(
        new ResourcePatternFilter(ResourceType.TOPIC, name, PatternType.LITERAL),
        AccessControlEntryFilter.ANY);
  }
}
