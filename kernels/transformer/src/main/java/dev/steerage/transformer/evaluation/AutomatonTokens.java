package dev.steerage.transformer.evaluation;

import dev.steerage.domain.automaton.Automaton;
import dev.steerage.transformer.CodebookTransformer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// How a model spells an automaton: begin-of-text, then one token per digit.
///
/// @param bos begin-of-text; -1 where the model has none
/// @param digits token ids of the digits 0 to 9
public record AutomatonTokens(Automaton automaton, int bos, int[] digits) {
  /// Learns it from the model's tokenizer.
  ///
  /// @throws IllegalArgumentException if a digit is not one token of its own
  public static AutomatonTokens of(CodebookTransformer model, Automaton automaton) {
    int[] digits = new int[10];
    for (int digit = 0; digit < 10; digit++) {
      int[] ids = model.tokenizer().encode(Integer.toString(digit));
      if (ids.length != 1) {
        throw new IllegalArgumentException(
            "model: digit " + digit + " is " + ids.length + " tokens, expected 1");
      }
      digits[digit] = ids[0];
    }
    return new AutomatonTokens(automaton, model.tokenizer().bos().orElse(-1), digits);
  }

  /// A text of digits as a prompt.
  public int[] prompt(String text) {
    int lead = bos < 0 ? 0 : 1;
    int[] tokens = new int[lead + text.length()];
    if (lead == 1) {
      tokens[0] = bos;
    }
    for (int i = 0; i < text.length(); i++) {
      tokens[lead + i] = digits[text.charAt(i) - '0'];
    }
    return tokens;
  }

  /// Tokens before the first digit.
  public int lead() {
    return bos < 0 ? 0 : 1;
  }

  /// The digit of a token; -1 if it is none.
  int digit(int token) {
    for (int digit = 0; digit < 10; digit++) {
      if (digits[digit] == token) {
        return digit;
      }
    }
    return -1;
  }

  /// Random walks, the first state drawn uniformly, cut to a number of tokens.
  public List<int[]> walks(int count, int tokens, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int states = (tokens - lead() + automaton.digits() - 1) / automaton.digits();
    List<int[]> walks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Integer> walk = automaton.walk(random.nextInt(automaton.states()), states, random);
      walks.add(prompt(automaton.text(walk).substring(0, tokens - lead())));
    }
    return walks;
  }

  /// What can stand right after begin-of-text: every state, or every state and the first digits of
  /// a successor.
  ///
  /// @param extra digits read of the next state
  public List<String> inputs(int extra) {
    List<String> inputs = new ArrayList<>();
    for (int state = 0; state < automaton.states(); state++) {
      String text = automaton.text(state);
      automaton.after(state).stream()
          .map(next -> text + automaton.text(next).substring(0, extra))
          .distinct()
          .sorted()
          .forEach(inputs::add);
    }
    return inputs;
  }
}
