package dev.steerage.gateway;

import java.time.Duration;

/// Bounds of everything that grows with callers. What happens at each is in the README.
///
/// @param connections open connections; further ones wait in the accept queue
/// @param acceptQueue connections that the system holds while none is accepted
/// @param headerBytes request line and headers
/// @param bodyBytes a request's body
/// @param idle silence of a connection, and longest wait of a write for its reader
/// @param streams open event streams of a tenant
/// @param generations requests of a tenant that callers wait for
/// @param running requests of a tenant that were sent and have not ended
/// @param request longest wait for a completion that is not streamed
/// @param mailbox records that wait for one reader; beyond it reads them from Kafka again
/// @param ringBytes recent records of a topic in memory
/// @param catchUps readers that read old records at the same time
/// @param batchBytes old records that one reader takes at once
/// @param remembered ended requests of a tenant whose summary is kept
/// @param scanRecords records that are looked through for a request nobody remembers
public record GatewayLimits(
    int connections,
    int acceptQueue,
    int headerBytes,
    int bodyBytes,
    Duration idle,
    int streams,
    int generations,
    int running,
    Duration request,
    int mailbox,
    int ringBytes,
    int catchUps,
    int batchBytes,
    int remembered,
    int scanRecords) {
  /// For a small machine.
  public static final GatewayLimits DEFAULT =
      new GatewayLimits(
          4_096,
          256,
          16 * 1024,
          512 * 1024,
          Duration.ofSeconds(20),
          2_000,
          256,
          1_024,
          Duration.ofMinutes(10),
          256,
          8 * 1024 * 1024,
          2,
          512 * 1024,
          500,
          50_000);
}
