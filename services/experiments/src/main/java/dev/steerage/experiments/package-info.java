/// Measurements of models that end in a report.
package dev.steerage.experiments;
