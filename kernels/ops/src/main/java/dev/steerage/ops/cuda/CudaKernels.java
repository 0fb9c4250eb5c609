package dev.steerage.ops.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/// The kernels of this build: one image with machine code of the architectures that the compiler
/// knew, and PTX for later ones.
public final class CudaKernels {
  private static final String RESOURCE = "kernels.fatbin";

  private CudaKernels() {}

  /// Why there are none, if there are none.
  public static Optional<String> missing() {
    return isElsewhere() || CudaKernels.class.getResource(RESOURCE) != null
        ? Optional.empty()
        : Optional.of("no kernels in this build: nvcc was not found when it was made");
  }

  /// Loads them.
  public static CudaModule load(CudaDevice device) {
    try (InputStream image = CudaKernels.class.getResourceAsStream(RESOURCE)) {
      return device.load(image == null ? new byte[8] : image.readAllBytes());
    } catch (IOException e) {
      throw new CudaException("kernels: resource=" + RESOURCE + " is not readable", e);
    }
  }

  /// A library that stands in for the driver brings its own kernels.
  private static boolean isElsewhere() {
    return System.getProperty(CudaDriver.LIBRARY) != null;
  }
}
