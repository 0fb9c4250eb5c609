/// A tenant's rule log and its acknowledgements.
package dev.steerage.cli.rule;
