package dev.steerage.worker;

import dev.steerage.ops.linear.WeightType;
import dev.steerage.worker.WorkerConfig.Compute;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// The options of every verb that runs a model.
public final class ComputeOptions {
  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "auto",
      description =
          "reference, vector, native, cuda, or auto: the fastest of the processor."
              + " Default: ${DEFAULT-VALUE}.")
  private String backend;

  @Option(
      names = "--weights",
      paramLabel = "TYPE",
      defaultValue = "f32",
      converter = WeightWord.class,
      description =
          "f32 or bf16 (half the memory; another numeric class). Default: ${DEFAULT-VALUE}.")
  private WeightType weights;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that share a step; results are the same. Default: all processors.")
  private Integer threads;

  /// What was asked for.
  ///
  /// @throws IllegalArgumentException if the number of threads is out of range
  public Compute compute() {
    return new Compute(
        backend, weights, threads == null ? Runtime.getRuntime().availableProcessors() : threads);
  }

  private static final class WeightWord implements ITypeConverter<WeightType> {
    @Override
    public WeightType convert(String word) {
      return Arrays.stream(WeightType.values())
          .filter(type -> type.word().equals(word))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'"
                          + word
                          + "', expected one of "
                          + Arrays.stream(WeightType.values())
                              .map(WeightType::word)
                              .collect(Collectors.joining(", "))));
    }
  }
}
