package dev.steerage.transformer.cuda;

import java.util.List;

/// A model on the device: addresses of what [dev.steerage.transformer.forward.Weights] holds.
///
/// @param positions 0 where positions are rotary
/// @param cos 0 where positions are learned
record DeviceWeights(
    long tokens,
    long positions,
    long cos,
    long sin,
    List<DeviceBlock> blocks,
    DeviceNorm last,
    DeviceLinear head) {}
