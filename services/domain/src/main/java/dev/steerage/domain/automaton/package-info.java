/// Automata that small models learn: the ground truth of what they may write.
package dev.steerage.domain.automaton;
