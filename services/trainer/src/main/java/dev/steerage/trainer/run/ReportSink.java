package dev.steerage.trainer.run;

/// Takes the reports of a run. One thread calls it.
public interface ReportSink extends AutoCloseable {
  void accept(StepReport report);

  @Override
  default void close() {}
}
