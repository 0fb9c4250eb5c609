/// What codes do to the output, read from the weights: the tokens that a code raises, and the part
/// of a logit that each slot gave.
package dev.steerage.transformer.lens;
