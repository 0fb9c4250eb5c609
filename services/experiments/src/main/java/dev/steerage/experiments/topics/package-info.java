/// Steering the topic of stories: how often, and at which price in fluency.
package dev.steerage.experiments.topics;
