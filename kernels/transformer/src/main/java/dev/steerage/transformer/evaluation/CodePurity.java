package dev.steerage.transformer.evaluation;

import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.intervention.Steering;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// How many codes of a site stand for one input only: each input is read after begin-of-text, and
/// the codes at its last token are taken. A code is pure if exactly one input activates it.
///
/// @param usedCodes codes that some input activates
/// @param pureCodes codes that exactly one input activates
public record CodePurity(CodebookSite site, int usedCodes, int pureCodes) {
  /// Pure codes among the used ones.
  public double share() {
    return usedCodes == 0 ? 0 : (double) pureCodes / usedCodes;
  }

  /// One result per site.
  ///
  /// @param extra digits read of the next state: 0 asks for states, 1 for states and a digit
  public static List<CodePurity> of(CodebookTransformer model, AutomatonTokens tokens, int extra) {
    List<int[]> inputs = tokens.inputs(extra).stream().map(tokens::prompt).toList();
    List<CodePurity> purities = new ArrayList<>();
    try (LastPositions last = new LastPositions(model, inputs)) {
      last.run(Steering.NONE);
      int from = 0;
      for (CodebookSite site : model.sites()) {
        Map<Integer, Set<Integer>> inputsOf = new HashMap<>();
        for (int input = 0; input < inputs.size(); input++) {
          for (int slot = 0; slot < site.activeCodes(); slot++) {
            inputsOf
                .computeIfAbsent(last.codes(input)[from + slot], _ -> new HashSet<>())
                .add(input);
          }
        }
        int pure = (int) inputsOf.values().stream().filter(fired -> fired.size() == 1).count();
        purities.add(new CodePurity(site, inputsOf.size(), pure));
        from += site.activeCodes();
      }
    }
    return purities;
  }
}
