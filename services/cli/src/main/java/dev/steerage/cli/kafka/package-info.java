/// The event log on a Kafka cluster.
package dev.steerage.cli.kafka;
