package dev.steerage.ops;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;

/// The C library of this machine's system, found among the resources and loaded once per JVM.
///
/// It holds every kernel once per instruction path; the best one that the processor runs is chosen
/// here, or a lower one by the system property `steerage.native.path` (`avx512bf16`, `avx512`,
/// `avx2`, `plain`).
// Calling C is this class's whole purpose; the launcher and the tests enable native access.
@SuppressWarnings("restricted")
public final class NativeLibrary {
  /// The outcome of loading.
  sealed interface State {
    record Loaded(SymbolLookup symbols, InstructionPath path, int lanes) implements State {}

    record Absent(String reason) implements State {}
  }

  static final State STATE = open();

  private NativeLibrary() {}

  /// A kernel of the chosen path.
  public static MethodHandle kernel(
      String name, FunctionDescriptor signature, Linker.Option... options) {
    return switch (STATE) {
      case State.Loaded(SymbolLookup symbols, InstructionPath path, int _) ->
          handle(symbols, symbol(symbols, name, path), signature, options);
      case State.Absent(String reason) -> throw new IllegalStateException(reason);
    };
  }

  /// Whether scans on the chosen path multiply bf16 by bf16.
  public static boolean multipliesBf16() {
    return STATE instanceof State.Loaded(_, InstructionPath path, _) && path.multipliesBf16();
  }

  /// Whether bf16 weights go through tiles on the chosen path, with an order of sums of their own.
  public static boolean hasTiles() {
    return STATE instanceof State.Loaded(_, InstructionPath path, _) && path == InstructionPath.AMX;
  }

  /// A path that has no kernel of its own uses that of the next lower path.
  private static String symbol(SymbolLookup symbols, String name, InstructionPath path) {
    InstructionPath at = path;
    while (symbols.find("steerage_" + name + "_" + at.word()).isEmpty() && at.isWide()) {
      at = InstructionPath.values()[at.ordinal() + 1];
    }
    return "steerage_" + name + "_" + at.word();
  }

  private static MethodHandle handle(
      SymbolLookup symbols, String name, FunctionDescriptor signature, Linker.Option... options) {
    return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), signature, options);
  }

  private static State open() {
    String platform = platform();
    String file = "libsteerage-ops." + (platform.startsWith("darwin") ? "dylib" : "so");
    String other = System.getProperty("steerage.native.library");
    if (other != null) {
      return load(Path.of(other), platform);
    }
    String resource = "native/" + platform + "/" + file;
    try (InputStream library = NativeLibrary.class.getResourceAsStream(resource)) {
      if (library == null) {
        return new State.Absent(
            "no library for "
                + platform
                + " in this build: no C compiler was found when it was made");
      }
      Path copy = Files.createTempFile("steerage-ops", ".lib");
      try {
        Files.copy(library, copy, StandardCopyOption.REPLACE_EXISTING);
        return load(copy, platform);
      } finally {
        // The loader keeps its own reference to the file.
        Files.deleteIfExists(copy);
      }
    } catch (IOException e) {
      return new State.Absent(
          "the library for " + platform + " is not readable: " + e.getMessage());
    }
  }

  private static State load(Path file, String platform) {
    try {
      return choose(SymbolLookup.libraryLookup(file, Arena.global()), platform);
    } catch (IllegalArgumentException e) {
      return new State.Absent("the library for " + platform + " does not load: " + e.getMessage());
    }
  }

  private static State choose(SymbolLookup symbols, String platform) {
    int paths;
    try {
      FunctionDescriptor signature = FunctionDescriptor.of(ValueLayout.JAVA_INT);
      paths = (int) handle(symbols, "steerage_paths", signature).invokeExact();
    } catch (Throwable e) {
      return new State.Absent(
          "the library for " + platform + " does not answer: " + e.getMessage());
    }
    List<InstructionPath> here = InstructionPath.in(paths);
    String best = here.getFirst().word();
    String word = System.getProperty("steerage.native.path", best);
    return here.stream()
        .filter(path -> path.word().equals(word))
        .findFirst()
        .map(path -> (State) new State.Loaded(symbols, path, path.lanes(platform)))
        .orElseGet(
            () -> new State.Absent("steerage.native.path=" + word + ", limit=" + best + " here"));
  }

  private static String platform() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String machine = System.getProperty("os.arch");
    return (system.startsWith("mac") ? "darwin" : system.split(" ")[0])
        + "-"
        + (machine.equals("amd64") ? "x86_64" : machine);
  }
}
