package dev.steerage.worker;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import java.util.function.Function;

/// What one worker knows of its device; nothing is ever set where forwards run on the processor.
///
/// @param modelBytes weights and codebooks of the model
/// @param batchBytes keys, values, activations and tables of the batch
/// @param freeBytes what the device has left, for whoever asks
/// @param steps forwards
/// @param rows rows of all forwards
/// @param places rows that these forwards had room for: rows / places is the occupancy
/// @param seconds time of all forwards, from the first copy to the last
/// @param kernelSeconds by kernel: its time in an average forward among those that were timed
public record DeviceMetrics(
    GaugeDataPoint modelBytes,
    GaugeDataPoint batchBytes,
    GaugeDataPoint freeBytes,
    CounterDataPoint steps,
    CounterDataPoint rows,
    CounterDataPoint places,
    CounterDataPoint seconds,
    Function<String, GaugeDataPoint> kernelSeconds) {}
