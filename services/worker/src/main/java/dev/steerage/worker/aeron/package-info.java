/// Live activations out; the only package of the worker with Aeron types.
package dev.steerage.worker.aeron;
