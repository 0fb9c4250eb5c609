package dev.steerage.cli.kafka;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.log.Feed;
import dev.steerage.schemas.topic.Topic;
import dev.steerage.schemas.topic.TopicSettings.Role;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/// The log of a cluster with ACLs, for somebody who holds several of a tenant's principals: the
/// catalogue says which of them may do what is to be done. Connects as each when it is needed.
public final class PrincipalsLog implements EventLog {
  private final String bootstrap;
  private final Map<Role, Map<String, String>> principals;
  private final Map<Role, KafkaEventLog> open = new EnumMap<>(Role.class);

  private PrincipalsLog(String bootstrap, Map<Role, Map<String, String>> principals) {
    this.bootstrap = bootstrap;
    this.principals = new EnumMap<>(principals);
  }

  /// Connects as one of them at once, so that a wrong address or password is said here.
  ///
  /// @param principals client properties of each
  public static PrincipalsLog connect(String bootstrap, Map<Role, Map<String, String>> principals) {
    var log = new PrincipalsLog(bootstrap, principals);
    log.as(principals.keySet().iterator().next());
    return log;
  }

  private synchronized KafkaEventLog as(Role role) {
    return open.computeIfAbsent(
        role, wanted -> KafkaEventLog.connect(bootstrap, principals.get(wanted)));
  }

  private KafkaEventLog anyOf(Set<Role> roles, String what) {
    for (Role role : principals.keySet()) {
      if (roles.contains(role)) {
        return as(role);
      }
    }
    throw new CliException(
        ExitCode.USAGE, what + " needs one of " + roles + ", at hand: " + principals.keySet());
  }

  @Override
  public <V> CompletableFuture<Place> send(Topic<String, V> topic, String key, V value) {
    return anyOf(topic.settings().writers(), "writing " + topic.name()).send(topic, key, value);
  }

  @Override
  public <V> Feed<V> follow(Topic<String, V> topic, Feed.From from) {
    return anyOf(topic.settings().readers(), "reading " + topic.name()).follow(topic, from);
  }

  @Override
  public Map<String, TopicSize> sizes(List<String> names) {
    Map<String, TopicSize> sizes = new TreeMap<>();
    for (Role role : principals.keySet()) {
      sizes.putAll(as(role).sizes(names));
    }
    return sizes;
  }

  @Override
  public synchronized void close() {
    open.values().forEach(KafkaEventLog::close);
  }
}
