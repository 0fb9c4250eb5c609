/// Corpora on disk: texts, their tokens and the codes that fired on them, in segments that are
/// written once and mapped into memory.
package dev.steerage.index.corpus;
