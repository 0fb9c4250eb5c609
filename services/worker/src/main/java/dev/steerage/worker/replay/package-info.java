/// Runs recorded completions again and compares.
package dev.steerage.worker.replay;
