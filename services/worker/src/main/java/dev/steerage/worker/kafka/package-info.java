/// Polling, following, claiming and committing; the only package of the worker with Kafka types.
package dev.steerage.worker.kafka;
