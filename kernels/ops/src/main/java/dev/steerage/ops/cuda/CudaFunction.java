package dev.steerage.ops.cuda;

/// A kernel of a module.
///
/// @param handle the driver's
public record CudaFunction(String name, long handle) {}
