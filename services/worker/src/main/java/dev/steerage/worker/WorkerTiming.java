package dev.steerage.worker;

/// The intervals of a worker, in milliseconds.
///
/// @param tickMs between two commits while tokens come; a request's first token does not wait
/// @param sessionMs silence after which the group gives this worker's requests to another
/// @param transactionMs after which the broker aborts a transaction that a dead worker left open
/// @param discoveryMs between two looks for new tenants
/// @param commandHoldMs how long a command waits for its request
/// @param drainMs how long [WorkerService#close] lets running requests finish before it hands them
///   over
public record WorkerTiming(
    int tickMs, int sessionMs, int transactionMs, int discoveryMs, int commandHoldMs, int drainMs) {
  /// Take-over after a kill within ten seconds.
  public static final WorkerTiming USUAL = new WorkerTiming(25, 3_000, 4_000, 1_000, 5_000, 2_000);

  public WorkerTiming {
    require("tick-ms", tickMs, 1, 1_000);
    require("session-ms", sessionMs, 1_000, 60_000);
    require("transaction-ms", transactionMs, 1_000, 60_000);
    require("discovery-ms", discoveryMs, 50, 60_000);
    require("command-hold-ms", commandHoldMs, 0, 60_000);
    require("drain-ms", drainMs, 0, 60_000);
  }

  private static void require(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "timing: " + name + "=" + value + ", limit=" + least + ".." + most);
    }
  }
}
