/// Measured claims, through the same topics that everybody uses.
package dev.steerage.cli.experiment;
