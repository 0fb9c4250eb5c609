/// What codes tell about prompts and about other models: probes, circuits, matches. From code ids.
package dev.steerage.transformer.analysis;
