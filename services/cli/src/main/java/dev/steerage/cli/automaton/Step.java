package dev.steerage.cli.automaton;

/// A moment between two tokens of a model that writes states: the last whole state, and the digits
/// of the next one that have been read.
public record Step(int state, String read) {}
