/// Interventions at the codebook sites: what a rule turns into at one position.
package dev.steerage.transformer.intervention;
