/// The token loop: requests from arrival to end, on the decode thread.
package dev.steerage.worker.generation;
