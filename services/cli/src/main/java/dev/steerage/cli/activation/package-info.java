/// Which codes fired where, read from the activations topic.
package dev.steerage.cli.activation;
