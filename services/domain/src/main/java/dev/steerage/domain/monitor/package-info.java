/// Monitors: what is watched over windows of event time, and what an edge does.
package dev.steerage.domain.monitor;
