/// What the rules of a tenant mean for one request: which of them match it, which act at a
/// position, and which interventions that gives.
package dev.steerage.domain.steering;
