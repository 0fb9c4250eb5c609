/// Measures models: how well they predict, what their codebooks lose, what their codes stand for.
package dev.steerage.transformer.evaluation;
