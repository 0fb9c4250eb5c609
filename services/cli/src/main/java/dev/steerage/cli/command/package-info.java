/// The verbs, one class each.
package dev.steerage.cli.command;
