package dev.steerage.worker.generation;

/// The two clocks of a worker: intervals come from the monotonic one, times that records name from
/// the other.
public interface Clock {
  /// The machine's clocks.
  Clock SYSTEM =
      new Clock() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public long epochMs() {
          return System.currentTimeMillis();
        }
      };

  /// Monotonic, arbitrary origin.
  long nanos();

  long epochMs();
}
