package dev.steerage.transformer.cuda;

/// Parameters of a layer normalisation on the device.
record DeviceNorm(long gamma, long beta, float eps) {}
