package dev.steerage.transformer.cuda;

import dev.steerage.ops.cuda.CudaDevice;
import dev.steerage.ops.cuda.CudaFunction;
import dev.steerage.ops.cuda.CudaKernels;
import dev.steerage.ops.cuda.CudaModule;
import java.util.HashMap;
import java.util.Map;

/// The kernels that a model's steps are made of, by name.
final class StepKernels implements AutoCloseable {
  private final CudaModule module;
  private final Map<String, CudaFunction> functions = new HashMap<>();
  private final Map<String, Integer> shared = new HashMap<>();

  StepKernels(CudaDevice device) {
    module = CudaKernels.load(device);
  }

  CudaFunction of(String name) {
    return of(name, 0);
  }

  /// @param sharedBytes dynamic shared memory of the launch
  synchronized CudaFunction of(String name, int sharedBytes) {
    if (!functions.containsKey(name) || shared.get(name) < sharedBytes) {
      functions.put(name, module.function("steerage_" + name, sharedBytes));
      shared.put(name, sharedBytes);
    }
    return functions.get(name);
  }

  @Override
  public void close() {
    module.close();
  }
}
