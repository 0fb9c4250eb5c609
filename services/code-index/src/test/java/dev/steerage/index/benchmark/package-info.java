/// Benchmarks of the index; they measure and never assert.
package dev.steerage.index.benchmark;
