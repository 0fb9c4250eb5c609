package dev.steerage.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicNode;

/// Runs one comparison on every backend. A backend that is not engaged is skipped with its reason;
/// named in `-Dbackends.required=vector,native` that is a failure.
public final class EngagedBackends {
  public static final Backend REFERENCE = Backends.byName("reference");

  private EngagedBackends() {}

  public static Stream<DynamicNode> each(Consumer<Backend> comparison) {
    return Backends.available().stream()
        .map(
            candidate ->
                dynamicTest(candidate.name(), () -> comparison.accept(engaged(candidate))));
  }

  /// As [#each], for a list of sizes.
  public static Stream<DynamicNode> each(
      List<Integer> sizes, java.util.function.ObjIntConsumer<Backend> comparison) {
    return Backends.available().stream()
        .map(
            candidate ->
                dynamicContainer(
                    candidate.name(),
                    sizes.stream()
                        .map(
                            size ->
                                dynamicTest(
                                    "size " + size,
                                    () -> comparison.accept(engaged(candidate), size)))));
  }

  private static Backend engaged(Backends.Availability candidate) {
    return switch (candidate) {
      case Backends.Availability.Engaged(Backend backend) -> backend;
      case Backends.Availability.Skipped(String name, String reason) -> {
        List<String> required = List.of(System.getProperty("backends.required", "").split(","));
        assertThat(required).as("required, but skipped: " + reason).doesNotContain(name);
        Assumptions.abort(name + " skipped: " + reason);
        throw new AssertionError(reason);
      }
    };
  }
}
