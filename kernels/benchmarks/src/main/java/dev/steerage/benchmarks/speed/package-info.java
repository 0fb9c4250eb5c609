/// Speed of whole models against the limits of the machine, and against a peer in the same run.
package dev.steerage.benchmarks.speed;
