/// Reads codebook checkpoints: safetensors, configs, tensor names.
package dev.steerage.transformer.checkpoint;
