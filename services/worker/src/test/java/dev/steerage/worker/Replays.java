package dev.steerage.worker;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.testkit.TestBroker;
import dev.steerage.worker.replay.ReplayCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/// Runs `replay` as the launcher does.
final class Replays {
  private Replays() {}

  /// @return the exit code
  static int run(TestBroker broker, TenantId tenant, String request, String... more) {
    return run(new StringWriter(), broker, tenant, request, more);
  }

  /// @param out gets what would be printed
  static int run(
      StringWriter out, TestBroker broker, TenantId tenant, String request, String... more) {
    String[] usual = {
      request,
      "--bootstrap",
      broker.bootstrap(),
      "--model",
      Bench.TOKFSM.toString(),
      "--tenant",
      tenant.name()
    };
    String[] all = java.util.Arrays.copyOf(usual, usual.length + more.length);
    System.arraycopy(more, 0, all, usual.length, more.length);
    return new CommandLine(new ReplayCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(out, true))
        .execute(all);
  }
}
