/// Plain, aligned output for people; colour on a terminal only.
package dev.steerage.cli.terminal;
