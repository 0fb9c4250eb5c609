/// Statistics at full load through a real broker, beside a plain topology that counts per code.
package dev.steerage.statistics.benchmark;
