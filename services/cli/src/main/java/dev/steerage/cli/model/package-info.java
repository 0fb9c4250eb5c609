/// What the command line knows about a model beyond its card.
package dev.steerage.cli.model;
