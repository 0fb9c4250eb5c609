package dev.steerage.cli.automaton;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How a model's tokens spell digits; learned from a prompt of known text and the token ids that
/// the worker made of it.
///
/// @param start tokens before the first digit (begin of text)
/// @param ids token id of each digit that was seen
public record Alphabet(List<Integer> start, Map<Character, Integer> ids) {
  public Alphabet {
    start = List.copyOf(start);
    ids = Map.copyOf(ids);
  }

  /// Reads it off one prompt.
  ///
  /// @throws CliException if tokens and digits are not one to one
  public static Alphabet of(String text, List<Integer> promptTokens) {
    int lead = promptTokens.size() - text.length();
    Map<Character, Integer> ids = new HashMap<>();
    for (int i = 0; i < text.length() && lead >= 0; i++) {
      Integer before = ids.putIfAbsent(text.charAt(i), promptTokens.get(lead + i));
      if (before != null && !before.equals(promptTokens.get(lead + i))) {
        lead = -1;
      }
    }
    if (lead < 0 || ids.values().stream().distinct().count() != ids.size()) {
      throw new CliException(
          ExitCode.REFUSED, "the model does not spell states with one token per digit");
    }
    return new Alphabet(promptTokens.subList(0, lead), ids);
  }

  /// The token of a digit.
  public int id(char digit) {
    Integer id = ids.get(digit);
    if (id == null) {
      throw new CliException(ExitCode.REFUSED, "no token seen for digit '" + digit + "'");
    }
    return id;
  }

  /// A prompt of these digits.
  public List<Integer> prompt(String digits) {
    List<Integer> tokens = new ArrayList<>(start);
    digits.chars().forEach(digit -> tokens.add(id((char) digit)));
    return tokens;
  }
}
