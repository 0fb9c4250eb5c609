/// What the index knows, kept on disk so that a restart reads only what came since. Kafka stays the
/// truth: a snapshot that is not whole or not of its topics is not used.
package dev.steerage.index.snapshot;
