/// Monitors as they are evaluated: windows, edges, baselines; no I/O.
package dev.steerage.statistics.monitor;
