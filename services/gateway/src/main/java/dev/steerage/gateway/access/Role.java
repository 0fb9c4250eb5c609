package dev.steerage.gateway.access;

import java.util.Locale;
import java.util.Optional;

/// What a caller may do; each includes those before it.
public enum Role {
  /// Reads.
  VIEWER,
  /// Also sends prompts, commands, rules, concepts and labels.
  OPERATOR,
  /// Also what costs the platform: replays.
  ADMIN;

  /// The word used in keys and answers.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The role of a word.
  public static Optional<Role> ofWord(String word) {
    for (Role role : values()) {
      if (role.word().equals(word)) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }

  public boolean includes(Role other) {
    return compareTo(other) >= 0;
  }
}
