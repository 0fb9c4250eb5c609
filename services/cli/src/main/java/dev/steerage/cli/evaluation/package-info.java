/// Measurements of a model on this machine, without a running system.
package dev.steerage.cli.evaluation;
