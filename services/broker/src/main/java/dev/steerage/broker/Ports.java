package dev.steerage.broker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// The two loopback ports of a broker.
///
/// @param client for Kafka clients
/// @param controller for the KRaft controller
record Ports(int client, int controller) {

  // Below the ports that Linux, macOS and Windows hand to outgoing connections: a remembered port
  // there could be taken by any client between two starts.
  private static final int FIRST = 20_000;
  private static final int LAST = 31_999;
  private static final int ATTEMPTS = 200;

  /// The configured ports, else those of the last start if they are still free, else free ones.
  static Ports choose(BrokerConfig config, Optional<Ports> last) {
    int client = choose(config.clientPort(), last.map(Ports::client), "client", -1);
    int controller =
        choose(config.controllerPort(), last.map(Ports::controller), "controller", client);
    return new Ports(client, controller);
  }

  private static int choose(int configured, Optional<Integer> last, String role, int taken) {
    if (configured != BrokerConfig.REMEMBERED) {
      if (!isFree(configured)) {
        throw new BrokerException(role + " port in use: port=" + configured);
      }
      return configured;
    }
    return last.filter(port -> port != taken && isFree(port)).orElseGet(() -> freePort(taken));
  }

  private static int freePort(int taken) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, LAST + 1);
      if (port != taken && isFree(port)) {
        return port;
      }
    }
    throw new BrokerException("no free port: range=" + FIRST + ".." + LAST);
  }

  private static boolean isFree(int port) {
    try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return true;
    } catch (IOException inUse) {
      return false;
    }
  }
}
