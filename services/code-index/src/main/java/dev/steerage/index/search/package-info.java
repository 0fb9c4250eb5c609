/// Searches corpora: from a pattern to the tokens that it marks, from there to codes.
package dev.steerage.index.search;
