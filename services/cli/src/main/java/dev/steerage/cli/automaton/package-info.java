/// Steering a model that has learned to follow an automaton: which codes stand for its states, the
/// rules that activate them, and what the model then does next.
package dev.steerage.cli.automaton;
