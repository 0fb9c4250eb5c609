/// The engine: a loaded codebook model and what it is made of.
package dev.steerage.transformer;
