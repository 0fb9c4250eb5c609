/// Reports: pages with tables and plots, and the intervals that stand in them.
package dev.steerage.experiments.report;
