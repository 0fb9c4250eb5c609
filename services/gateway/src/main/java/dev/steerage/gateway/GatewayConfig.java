package dev.steerage.gateway;

import dev.steerage.domain.tenant.TenantId;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How a gateway is run.
///
/// @param bootstrap address of the Kafka cluster
/// @param client further properties of its Kafka clients
/// @param host address to listen at
/// @param port to listen at; 0: a free one
/// @param tenants that may be chosen where no keys are demanded; the first is the default
/// @param keys file of API keys; empty: everybody on loopback is admin
/// @param aeronDirectory folder of the media driver that leads to the code index; empty: none
/// @param indexChannel channel of the code index
/// @param console folder of the pages; empty: those on the class path
public record GatewayConfig(
    String bootstrap,
    Map<String, Object> client,
    String host,
    int port,
    List<TenantId> tenants,
    Optional<Path> keys,
    Optional<Path> aeronDirectory,
    String indexChannel,
    Optional<Path> console,
    GatewayLimits limits) {
  /// The address that only this machine reaches.
  public static final String LOOPBACK = "127.0.0.1";

  /// Where a gateway listens unless told otherwise.
  public static final int PORT = 8642;

  public GatewayConfig {
    client = Map.copyOf(client);
    tenants = List.copyOf(tenants);
    if (tenants.isEmpty()) {
      throw new IllegalArgumentException("tenants: expected at least one");
    }
    if (keys.isEmpty() && !isLoopback(host)) {
      throw new GatewayException(
          "host="
              + host
              + " can be reached by others and needs --keys;"
              + " make one with 'steerage gateway key create'");
    }
  }

  /// On loopback, for tenant `default`, without keys.
  public static GatewayConfig of(String bootstrap, Optional<Path> aeronDirectory) {
    return new GatewayConfig(
        bootstrap,
        Map.of(),
        LOOPBACK,
        0,
        List.of(TenantId.DEFAULT),
        Optional.empty(),
        aeronDirectory,
        "aeron:ipc",
        Optional.empty(),
        GatewayLimits.DEFAULT);
  }

  /// The same at another port.
  public GatewayConfig withPort(int other) {
    return new GatewayConfig(
        bootstrap,
        client,
        host,
        other,
        tenants,
        keys,
        aeronDirectory,
        indexChannel,
        console,
        limits);
  }

  /// The same for other tenants.
  public GatewayConfig withTenants(List<TenantId> others) {
    return new GatewayConfig(
        bootstrap, client, host, port, others, keys, aeronDirectory, indexChannel, console, limits);
  }

  /// The same with further properties of the Kafka clients.
  public GatewayConfig withClient(Map<String, String> properties) {
    return new GatewayConfig(
        bootstrap,
        Map.copyOf(properties),
        host,
        port,
        tenants,
        keys,
        aeronDirectory,
        indexChannel,
        console,
        limits);
  }

  /// The same with keys.
  public GatewayConfig withKeys(Path file) {
    return new GatewayConfig(
        bootstrap,
        client,
        host,
        port,
        tenants,
        Optional.of(file),
        aeronDirectory,
        indexChannel,
        console,
        limits);
  }

  /// The same with other limits.
  public GatewayConfig withLimits(GatewayLimits others) {
    return new GatewayConfig(
        bootstrap,
        client,
        host,
        port,
        tenants,
        keys,
        aeronDirectory,
        indexChannel,
        console,
        others);
  }

  /// Whether only this machine can reach it.
  public boolean isLoopback() {
    return isLoopback(host);
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new GatewayException("host=" + host + " is no address", e);
    }
  }
}
