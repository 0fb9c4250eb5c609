package dev.steerage.statistics;

import picocli.CommandLine;

/// Statistics as a program.
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(run(args));
  }

  static int run(String... args) {
    return new CommandLine(new StatisticsCommand()).execute(args);
  }
}
