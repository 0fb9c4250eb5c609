/// Builds corpora: reads texts, runs them through the engine, writes segments.
package dev.steerage.index.build;
