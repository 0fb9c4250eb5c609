/// The forward pass on a CUDA device: weights and codebooks are brought there once, every step
/// copies a small table there, runs one graph and gets ids and logits back.
package dev.steerage.transformer.cuda;
