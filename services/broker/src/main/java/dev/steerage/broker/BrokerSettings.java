package dev.steerage.broker;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// The broker's properties: one node, small, quick to start and to notice a dead client.
///
/// A real cluster has its own; nothing outside this module depends on them.
final class BrokerSettings {

  static final String CLIENT_LISTENER = "CLIENT";
  static final String CONTROLLER_LISTENER = "CONTROLLER";
  static final int NODE_ID = 1;

  private BrokerSettings() {}

  /// What a broker with passwords and ACLs needs besides. The controller's listener is reached from
  /// this JVM only and knows its one user from here: SCRAM keeps its users in the log that the
  /// controller is to open.
  static Map<String, Object> secure(String admin, String password) {
    var settings = new HashMap<String, Object>();
    settings.put(
        "listener.security.protocol.map",
        CLIENT_LISTENER + ":SASL_PLAINTEXT," + CONTROLLER_LISTENER + ":SASL_PLAINTEXT");
    settings.put("sasl.mechanism.inter.broker.protocol", "SCRAM-SHA-256");
    settings.put("sasl.mechanism.controller.protocol", "PLAIN");
    settings.put("sasl.enabled.mechanisms", "SCRAM-SHA-256");
    String who = " required username=\"" + admin + "\" password=\"" + password + "\"";
    settings.put(
        "listener.name.client.scram-sha-256.sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule" + who + ";");
    settings.put("listener.name.controller.sasl.enabled.mechanisms", "PLAIN");
    settings.put(
        "listener.name.controller.plain.sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule"
            + who
            + " user_"
            + admin
            + "=\""
            + password
            + "\";");
    settings.put(
        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    settings.put("super.users", "User:" + admin);
    settings.put("allow.everyone.if.no.acl.found", "false");
    return settings;
  }

  static Map<String, Object> of(Path log, Ports ports) {
    var settings = new HashMap<String, Object>();
    network(settings, ports);
    settings.put("log.dirs", log.toString());
    settings.put("auto.create.topics.enable", "false");
    settings.put("create.topic.policy.class.name", PartitionLimit.class.getName());
    // Prompts and completions are small; what is larger than this is refused at the producer.
    settings.put("message.max.bytes", "1048576");
    // Sparse files, but mapped ones: 10 MiB for each partition adds up.
    settings.put("log.index.size.max.bytes", "1048576");
    settings.put("log.cleaner.dedupe.buffer.size", "8388608");
    // What a deleted tenant left is deleted with its segments: looked for once a minute.
    settings.put("log.retention.check.interval.ms", "60000");
    settings.put("num.network.threads", "2");
    settings.put("num.io.threads", "4");
    settings.put("background.threads", "2");
    settings.put("num.recovery.threads.per.data.dir", "2");
    // After a kill -9 the next start waits until the dead incarnation's session is over.
    settings.put("broker.heartbeat.interval.ms", "500");
    settings.put("broker.session.timeout.ms", "2000");
    singleReplica(settings);
    transactions(settings);
    groups(settings);
    return settings;
  }

  private static void network(Map<String, Object> settings, Ports ports) {
    String client = "127.0.0.1:" + ports.client();
    String controller = "127.0.0.1:" + ports.controller();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", Integer.toString(NODE_ID));
    settings.put(
        "listeners",
        CLIENT_LISTENER + "://" + client + "," + CONTROLLER_LISTENER + "://" + controller);
    settings.put("advertised.listeners", CLIENT_LISTENER + "://" + client);
    settings.put("inter.broker.listener.name", CLIENT_LISTENER);
    settings.put("controller.listener.names", CONTROLLER_LISTENER);
    settings.put(
        "listener.security.protocol.map",
        CLIENT_LISTENER + ":PLAINTEXT," + CONTROLLER_LISTENER + ":PLAINTEXT");
    settings.put("controller.quorum.voters", NODE_ID + "@" + controller);
  }

  private static void singleReplica(Map<String, Object> settings) {
    settings.put("default.replication.factor", "1");
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("offsets.topic.num.partitions", "4");
    settings.put("transaction.state.log.replication.factor", "1");
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("transaction.state.log.num.partitions", "4");
    settings.put("share.coordinator.state.topic.replication.factor", "1");
    settings.put("share.coordinator.state.topic.min.isr", "1");
    settings.put("share.coordinator.state.topic.num.partitions", "4");
  }

  private static void transactions(Map<String, Object> settings) {
    // A worker that died inside a transaction holds back every read_committed reader of its
    // partitions until the coordinator's next look.
    settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
    settings.put("add.partitions.to.txn.retry.backoff.ms", "1");
  }

  private static void groups(Map<String, Object> settings) {
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("group.streams.initial.rebalance.delay.ms", "0");
    settings.put("group.min.session.timeout.ms", "1000");
    for (String kind : new String[] {"consumer", "share", "streams"}) {
      settings.put("group." + kind + ".heartbeat.interval.ms", "200");
      settings.put("group." + kind + ".min.heartbeat.interval.ms", "200");
      settings.put("group." + kind + ".session.timeout.ms", "6000");
      settings.put("group." + kind + ".min.session.timeout.ms", "2000");
    }
  }
}
