/// Verbs that read corpora on this machine: they need the code index's files and the user's
/// terminal.
package dev.steerage.local.corpus;
