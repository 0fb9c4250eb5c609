/// Counts of one partition on the heap, and how they are written as changes and restored; no Kafka.
package dev.steerage.statistics.window;
