package dev.steerage.index;

import picocli.CommandLine;

/// The command alone, for a process that a test can kill.
public final class IndexMain {
  private IndexMain() {}

  public static void main(String[] args) {
    System.exit(new CommandLine(new IndexCommand()).execute(args));
  }
}
