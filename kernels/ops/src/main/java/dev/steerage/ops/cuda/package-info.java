/// A CUDA device through its driver: a small hand-written binding over `java.lang.foreign`. Every
/// status is checked; a call that fails says which one, and the driver's name of the error.
///
/// Nothing here knows a kernel: names, parameters and grids are the caller's.
package dev.steerage.ops.cuda;
