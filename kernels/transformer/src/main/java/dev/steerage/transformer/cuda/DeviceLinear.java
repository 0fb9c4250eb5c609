package dev.steerage.transformer.cuda;

import dev.steerage.ops.linear.WeightType;

/// An affine map on the device.
///
/// @param weight packed for the kernel of its type
/// @param bias 0 = none
record DeviceLinear(long weight, long bias, int out, int in, WeightType type) {}
