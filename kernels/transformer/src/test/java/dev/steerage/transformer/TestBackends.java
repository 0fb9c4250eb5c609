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

  /// Names, for parameterized tests.
  public static Stream<String> names() {
    return Backends.available().stream().map(Availability::name);
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
