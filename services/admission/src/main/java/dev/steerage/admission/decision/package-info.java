/// What becomes of a prompt, decided from bytes and memory alone: no Kafka, no clock.
package dev.steerage.admission.decision;
