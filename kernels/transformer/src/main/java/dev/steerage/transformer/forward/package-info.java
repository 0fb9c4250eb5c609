/// The forward pass: weights in one normal form for every architecture, the paged cache of keys and
/// values, the snap with its interventions.
package dev.steerage.transformer.forward;
