/// The Kafka Streams side: store, processor, sinks and the running client.
package dev.steerage.statistics.kafka;
