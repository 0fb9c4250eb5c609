package dev.steerage.worker.generation;

import dev.steerage.transformer.intervention.Steering;
import dev.steerage.worker.rules.RequestSteering;
import dev.steerage.worker.rules.TenantRules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The tokens of one run by position, and which revision of the rules steers each position: the
/// prompt's one revision; for tokens that a predecessor committed, theirs; the newest for the rest.
/// Decode thread only.
final class RunPositions {
  private final PromptPlan plan;
  private final TenantRules rules;
  private final RequestSteering steering;
  private final List<Integer> tokens;
  private long promptRevision;
  private long pinnedRevision;
  private long revision;

  /// @param chosen tokens that an earlier attempt chose
  RunPositions(PromptPlan plan, TenantRules rules, RequestSteering steering, List<Integer> chosen) {
    this.plan = plan;
    this.rules = rules;
    this.steering = steering;
    this.tokens = new ArrayList<>(chosen);
  }

  /// @param fixedRevision steers every prompt position but the last
  void begin(long fixedRevision) {
    promptRevision = fixedRevision;
  }

  void add(int token) {
    tokens.add(token);
  }

  /// Tokens chosen so far.
  int chosen() {
    return tokens.size();
  }

  int token(int position) {
    int[] prompt = plan.prompt();
    return position < prompt.length ? prompt[position] : tokens.get(position - prompt.length);
  }

  /// Of the token that the position chooses; negative before the prompt's last position.
  int tokenIndex(int position) {
    return position - (plan.prompt().length - 1);
  }

  /// The chosen tokens.
  int[] completion() {
    return tokens.stream().mapToInt(Integer::intValue).toArray();
  }

  /// The prompt and the chosen tokens.
  int[] all() {
    int[] prompt = plan.prompt();
    int[] all = Arrays.copyOf(prompt, prompt.length + tokens.size());
    System.arraycopy(completion(), 0, all, prompt.length, tokens.size());
    return all;
  }

  /// Revision at the position that was asked for last.
  long revision() {
    return revision;
  }

  /// Asked once per step before any position of it: the newest revision is read here, so that one
  /// step sees one.
  boolean needsHistory() {
    pinnedRevision = rules.revision();
    boolean inPrompt = tokens.isEmpty() && steering.needsHistory(promptRevision);
    return inPrompt || steering.needsHistory(pinnedRevision);
  }

  Steering steeringFor(int position, boolean generationPhase) {
    int tokenIndex = tokenIndex(position);
    if (!generationPhase) {
      revision = promptRevision;
    } else if (tokenIndex < plan.committed().size()) {
      revision = plan.committed().get(tokenIndex).revision();
    } else {
      revision = pinnedRevision;
    }
    return steering.at(position, tokenIndex, generationPhase, token(position), revision);
  }
}
