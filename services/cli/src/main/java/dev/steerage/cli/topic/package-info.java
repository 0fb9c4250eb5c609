/// Codes of a topic, found in stories that have it and stories that do not.
package dev.steerage.cli.topic;
