/// Measurements of a gateway; the command is in `benchmarks/README.md`.
package dev.steerage.gateway.benchmark;
