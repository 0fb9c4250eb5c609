/// Text to token ids and back.
package dev.steerage.transformer.tokenizer;
