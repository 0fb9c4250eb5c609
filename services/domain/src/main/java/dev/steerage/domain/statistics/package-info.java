/// Counts, windows and the dead-code rule: arithmetic only.
package dev.steerage.domain.statistics;
