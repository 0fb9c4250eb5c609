/// Experiments on models of text: what codebooks cost.
package dev.steerage.experiments.text;
