package dev.steerage.transformer;

import dev.steerage.ops.Backend;
import dev.steerage.ops.Backends;
import dev.steerage.ops.Backends.Availability;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/// The backends a test runs on: one that is not engaged here is skipped with its reason, never
/// replaced.
public final class TestBackends {
  private TestBackends() {}

  /// Names, for parameterized tests; `-Dbackends.only=cuda` leaves the others out.
  public static Stream<String> names() {
    String only = System.getProperty("backends.only", "");
    return Backends.available().stream()
        .map(Availability::name)
        .filter(name -> only.isEmpty() || List.of(only.split(",")).contains(name));
  }

  /// Whether a backend is too slow here for models of more than a few codes.
  public static boolean isSlow(String name) {
    boolean isEmulated = System.getProperty("steerage.cuda.library") != null;
    return name.equals("reference") || name.equals("cuda") && isEmulated;
  }

  public static Backend require(String name) {
    for (Availability candidate : Backends.available()) {
      if (candidate.name().equals(name)) {
        return switch (candidate) {
          case Availability.Engaged(Backend backend) -> backend;
          case Availability.Skipped(_, String reason) -> skip(name, reason);
        };
      }
    }
    throw new IllegalArgumentException("backend: name=" + name);
  }

  private static Backend skip(String name, String reason) {
    if (List.of(System.getProperty("backends.required", "").split(",")).contains(name)) {
      Assertions.fail("backend " + name + " is required and not engaged: " + reason);
    }
    Assumptions.abort("backend " + name + " is not engaged: " + reason);
    throw new IllegalStateException("aborted");
  }
}
