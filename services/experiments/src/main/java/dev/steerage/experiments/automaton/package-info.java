/// Experiments on models that follow an automaton.
package dev.steerage.experiments.automaton;
