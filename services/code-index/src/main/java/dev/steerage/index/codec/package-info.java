/// Entropy coders of corpus segments: small, with random access by blocks, no dependencies.
package dev.steerage.index.codec;
