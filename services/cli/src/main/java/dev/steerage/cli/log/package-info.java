/// The event log in the words of the command line: feeds of events, without Kafka's types.
package dev.steerage.cli.log;
