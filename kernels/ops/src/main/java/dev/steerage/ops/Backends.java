package dev.steerage.ops;

import dev.steerage.ops.activation.ActivationReference;
import dev.steerage.ops.attention.AttentionReference;
import dev.steerage.ops.layernorm.LayerNormReference;
import dev.steerage.ops.linear.LinearReference;
import dev.steerage.ops.logprob.LogprobReference;
import dev.steerage.ops.rotary.RotaryReference;
import dev.steerage.ops.snap.SnapReference;
import java.util.List;
import java.util.stream.Collectors;

/// The backends of this machine: those of the processor, fastest last, then the device's.
public final class Backends {
  /// Whether a backend can be used here.
  public sealed interface Availability {
    String name();

    /// It can.
    record Engaged(Backend backend) implements Availability {
      @Override
      public String name() {
        return backend.name();
      }
    }

    /// It cannot.
    ///
    /// @param name the backend
    /// @param reason a sentence for people
    record Skipped(String name, String reason) implements Availability {}
  }

  private Backends() {}

  /// Every backend, engaged or with the reason why it is not, slowest first and cuda at the end.
  public static List<Availability> available() {
    return List.of(
        new Availability.Engaged(reference()),
        vector(),
        NativeBackend.availability(),
        CudaBackend.availability());
  }

  /// The backend of that name; `auto` is the fastest one of the processor: a device is shared and
  /// limited, so who wants it says so.
  ///
  /// @throws IllegalArgumentException for an unknown name, or with the reason why that backend is
  ///   not engaged: another one never takes its place silently
  public static Backend byName(String name) {
    List<Availability> all = available();
    if (name.equals("auto")) {
      return all.stream()
          .filter(Availability.Engaged.class::isInstance)
          .map(a -> ((Availability.Engaged) a).backend())
          .filter(backend -> backend.deviceOrNull() == null)
          .reduce((slower, faster) -> faster)
          .orElseThrow();
    }
    for (Availability candidate : all) {
      if (candidate.name().equals(name)) {
        return switch (candidate) {
          case Availability.Engaged(Backend backend) -> backend;
          case Availability.Skipped(_, String reason) ->
              throw new IllegalArgumentException("backend: name=" + name + ", skipped: " + reason);
        };
      }
    }
    throw new IllegalArgumentException(
        "backend: name="
            + name
            + ", limit="
            + all.stream().map(Availability::name).collect(Collectors.joining(", "))
            + ", auto");
  }

  private static Availability vector() {
    String module = "jdk.incubator.vector";
    if (ModuleLayer.boot().findModule(module).isEmpty()) {
      return new Availability.Skipped("vector", "the JVM runs without --add-modules " + module);
    }
    return VectorBackend.availability();
  }

  private static Backend reference() {
    return new Backend(
        "reference",
        "java",
        1,
        new LinearReference(),
        new LayerNormReference(),
        new ActivationReference(),
        new RotaryReference(),
        new AttentionReference(),
        new SnapReference(),
        new LogprobReference());
  }
}
