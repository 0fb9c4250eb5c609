/// Statistics: exact, windowed counts of code activations, from histograms to statistics per site.
package dev.steerage.statistics;
