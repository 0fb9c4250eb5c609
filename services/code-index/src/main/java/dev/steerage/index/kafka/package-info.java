/// Committed records in.
package dev.steerage.index.kafka;
