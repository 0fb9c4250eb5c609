package dev.steerage.ops;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;

/// [EngagedBackends] for the kernels of training.
public final class EngagedTraining {
  public static final TrainingBackend REFERENCE = TrainingBackend.of(EngagedBackends.REFERENCE);

  private EngagedTraining() {}

  public static Stream<DynamicNode> each(Consumer<TrainingBackend> comparison) {
    return EngagedBackends.each(backend -> comparison.accept(TrainingBackend.of(backend)));
  }

  public static Stream<DynamicNode> each(
      List<Integer> sizes, ObjIntConsumer<TrainingBackend> comparison) {
    return EngagedBackends.each(
        sizes, (backend, size) -> comparison.accept(TrainingBackend.of(backend), size));
  }
}
