/// Continuous batching, sampling and what a caller sees of a running request.
package dev.steerage.transformer.generation;
