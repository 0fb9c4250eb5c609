package dev.steerage.ops;

/// Prints what [Backends] says, for tests that start a JVM with other flags.
final class PrintBackends {
  private PrintBackends() {}

  public static void main(String[] args) {
    for (Backends.Availability candidate : Backends.available()) {
      switch (candidate) {
        case Backends.Availability.Engaged(Backend backend) ->
            System.out.println(backend.name() + ": engaged, " + backend.instructionPath());
        case Backends.Availability.Skipped(String name, String reason) ->
            System.out.println(name + ": " + reason);
      }
    }
    System.out.println("auto: " + Backends.byName("auto").name());
    try {
      Backends.byName("vector");
    } catch (IllegalArgumentException e) {
      System.out.println("refused: " + e.getMessage());
    }
  }
}
