/// What happened since the last commit, and how far decoding may be ahead of it.
package dev.steerage.worker.tick;
