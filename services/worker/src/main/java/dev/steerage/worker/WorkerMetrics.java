package dev.steerage.worker;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;

/// What one worker counts. Thread-safe.
///
/// @param tokens tokens chosen
/// @param positions positions forwarded, prompt positions included
/// @param active requests in the batch
/// @param queued requests taken from Kafka and not in the batch
/// @param paused times that the work partitions were paused because the queue was full
/// @param tickWaitSeconds how long decoding waited because commits were two ticks behind
/// @param stepSeconds time of one decode step
/// @param commitSeconds time of one commit
/// @param aborts transactions aborted and written again
/// @param rebuilds times that everything was dropped and rebuilt from the log
/// @param lost times that partitions were lost without a hand-over
/// @param unreadable work records that could not be read
/// @param abandoned requests given up because their tenant's topics take no records
/// @param classChanges requests continued in another numeric class than they began in
/// @param cached positions kept for prompts with the same beginning
/// @param reused positions taken from there instead of being forwarded
/// @param sessions sessions that can be continued here
/// @param lossPositions positions forwarded to know the loss under the unsteered model
/// @param lossDropped requests drawn for that and given up, because too many waited
/// @param liveFrames live frames handed to Aeron
/// @param liveDropped live frames dropped: queue full, frame too large, or nobody listened
/// @param device what is known of the device that forwards run on
public record WorkerMetrics(
    CounterDataPoint tokens,
    CounterDataPoint positions,
    GaugeDataPoint active,
    GaugeDataPoint queued,
    CounterDataPoint paused,
    CounterDataPoint tickWaitSeconds,
    DistributionDataPoint stepSeconds,
    DistributionDataPoint commitSeconds,
    CounterDataPoint aborts,
    CounterDataPoint rebuilds,
    CounterDataPoint lost,
    CounterDataPoint unreadable,
    CounterDataPoint abandoned,
    CounterDataPoint classChanges,
    GaugeDataPoint cached,
    CounterDataPoint reused,
    GaugeDataPoint sessions,
    CounterDataPoint lossPositions,
    CounterDataPoint lossDropped,
    CounterDataPoint liveFrames,
    CounterDataPoint liveDropped,
    DeviceMetrics device) {}
