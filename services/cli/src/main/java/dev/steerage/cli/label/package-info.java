/// Labels that an external model writes, and how well they say when a code fires.
package dev.steerage.cli.label;
