/// Runs one model on one device: prompts and rules in, tokens and activations out.
package dev.steerage.worker;
