/// Rule books by revision, and how one request is steered at each position.
package dev.steerage.worker.rules;
