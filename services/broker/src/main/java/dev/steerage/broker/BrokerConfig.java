package dev.steerage.broker;

import java.nio.file.Path;

/// Where the broker keeps its log and on which ports it answers.
///
/// A port of [#REMEMBERED] means: the port that this data folder used last time, else a free one.
///
/// @param data folder of the log; made if absent, survives a restart
/// @param clientPort port for Kafka clients, on the loopback address
/// @param controllerPort port of the KRaft controller in the same JVM, on the loopback address
/// @param isSecure clients need a password, and may do what ACLs allow; decided with the first
///   start on a data folder
public record BrokerConfig(Path data, int clientPort, int controllerPort, boolean isSecure) {

  /// Use the port of the last start with this data folder, or pick a free one.
  public static final int REMEMBERED = 0;

  private static final int PORT_MAX = 65_535;

  public BrokerConfig {
    if (data == null) {
      throw new IllegalArgumentException("data folder: missing");
    }
    checkPort("clientPort", clientPort);
    checkPort("controllerPort", controllerPort);
    if (clientPort != REMEMBERED && clientPort == controllerPort) {
      throw new IllegalArgumentException("controllerPort: equals clientPort=" + clientPort);
    }
  }

  /// A broker that anybody on this machine may use.
  public BrokerConfig(Path data, int clientPort, int controllerPort) {
    this(data, clientPort, controllerPort, false);
  }

  /// The same, with passwords and ACLs.
  public BrokerConfig secure() {
    return new BrokerConfig(data, clientPort, controllerPort, true);
  }

  /// Free or remembered ports.
  public static BrokerConfig of(Path data) {
    return new BrokerConfig(data, REMEMBERED, REMEMBERED);
  }

  private static void checkPort(String name, int port) {
    if (port < 0 || port > PORT_MAX) {
      throw new IllegalArgumentException(name + "=" + port + ", limit=0.." + PORT_MAX);
    }
  }
}
