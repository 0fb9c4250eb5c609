/// Patterns over a stream of text: linear time, bounded memory, the same result however the text is
/// cut into tokens.
package dev.steerage.domain.text;
