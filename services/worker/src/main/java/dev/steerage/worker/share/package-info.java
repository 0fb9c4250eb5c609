/// What each tenant gets of a worker: its turn at the batch, its places there, its tokens per
/// second.
package dev.steerage.worker.share;
