/// Kinds of codebooks side by side, trained at one site of a model.
package dev.steerage.experiments.variants;
