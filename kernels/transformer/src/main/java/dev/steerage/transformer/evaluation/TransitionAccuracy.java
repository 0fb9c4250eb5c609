package dev.steerage.transformer.evaluation;

import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.generation.BatchLimits;
import dev.steerage.transformer.generation.CodeView;
import dev.steerage.transformer.generation.ContinuousBatch;
import dev.steerage.transformer.generation.FinishReason;
import dev.steerage.transformer.generation.GenerationListener;
import dev.steerage.transformer.generation.GenerationRequest;
import dev.steerage.transformer.generation.Sampling;
import dev.steerage.transformer.generation.SteeringSource;
import dev.steerage.transformer.generation.TopLogprobs;
import dev.steerage.transformer.intervention.Steering;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/// How often a model that writes states writes one that may follow.
///
/// @param sequences generated from begin-of-text alone, at temperature 1
/// @param transitions between states of those sequences
/// @param legal share of them that the automaton allows
/// @param legalFirst share of the first transitions of each sequence
/// @param legalGreedy share of states whose likeliest continuation is a successor
/// @param overlap mean share of a state's successors among as many likeliest next states
/// @param halfWidth of the 95 % interval of `legal`, from the spread between sequences: transitions
///   of one sequence are not independent
/// @param edges different legal transitions that occurred
public record TransitionAccuracy(
    int sequences,
    long transitions,
    double legal,
    double legalFirst,
    double legalGreedy,
    double overlap,
    double halfWidth,
    int edges) {
  private static final int AT_ONCE = 32;
  private static final double NORMAL_95 = 1.96;

  /// Measures.
  ///
  /// @param length tokens of a sequence, begin-of-text included
  /// @param progress told how many sequences have ended
  public static TransitionAccuracy of(
      CodebookTransformer model,
      AutomatonTokens tokens,
      int sequences,
      int length,
      long seed,
      IntConsumer progress) {
    long all = 0;
    long legal = 0;
    long legalFirst = 0;
    double squares = 0; // of each sequence's legal share
    Set<Integer> edges = new HashSet<>();
    for (int[] text : generated(model, tokens, sequences, length, seed, progress)) {
      int[] states = states(tokens, text);
      long before = legal;
      for (int i = 1; i < states.length; i++) {
        boolean isLegal =
            states[i] >= 0
                && states[i - 1] >= 0
                && tokens.automaton().allows(states[i - 1], states[i]);
        all++;
        legal += isLegal ? 1 : 0;
        legalFirst += isLegal && i == 1 ? 1 : 0;
        if (isLegal) {
          edges.add(states[i - 1] * tokens.automaton().states() + states[i]);
        }
      }
      double share = (double) (legal - before) / Math.max(1, states.length - 1);
      squares += share * share;
    }
    double mean = (double) legal / Math.max(1, all);
    double variance = Math.max(0, squares / Math.max(1, sequences) - mean * mean);
    double[][] next = nextStates(model, tokens);
    int states = next.length;
    double greedy = 0;
    double overlap = 0;
    for (int state = 0; state < states; state++) {
      double[] chances = next[state];
      List<Integer> successors = tokens.automaton().after(state);
      List<Integer> likeliest =
          IntStream.range(0, states)
              .boxed()
              .sorted(Comparator.comparingDouble((Integer s) -> -chances[s]))
              .limit(successors.size())
              .toList();
      overlap +=
          (double) likeliest.stream().filter(successors::contains).count() / likeliest.size();
      greedy += successors.contains(greedy(model, tokens, state)) ? 1 : 0;
    }
    return new TransitionAccuracy(
        sequences,
        all,
        mean,
        (double) legalFirst / Math.max(1, sequences),
        greedy / states,
        overlap / states,
        NORMAL_95 * Math.sqrt(variance / Math.max(1, sequences - 1)),
        edges.size());
  }

  /// States of a sequence; -1 where it does not spell one.
  private static int[] states(AutomatonTokens tokens, int[] text) {
    int digits = tokens.automaton().digits();
    int[] states = new int[(text.length - tokens.lead()) / digits];
    for (int i = 0; i < states.length; i++) {
      int state = 0;
      for (int d = 0; d < digits && state >= 0; d++) {
        int digit = tokens.digit(text[tokens.lead() + i * digits + d]);
        state = digit < 0 ? -1 : 10 * state + digit;
      }
      states[i] = state < tokens.automaton().states() ? state : -1;
    }
    return states;
  }

  private static List<int[]> generated(
      CodebookTransformer model,
      AutomatonTokens tokens,
      int sequences,
      int length,
      long seed,
      IntConsumer progress) {
    // Without begin-of-text a sequence has to begin somewhere: with a random state.
    List<int[]> prompts =
        tokens.lead() == 1
            ? Collections.nCopies(sequences, tokens.prompt(""))
            : tokens.walks(sequences, tokens.automaton().digits(), seed);
    List<Collecting> texts = new ArrayList<>();
    int kv = AT_ONCE * (length + 16);
    try (ContinuousBatch batch =
        new ContinuousBatch(model, new BatchLimits(AT_ONCE, 2 * AT_ONCE, kv, 16))) {
      int offered = 0;
      int[] done = {0};
      while (offered < sequences || batch.active() > 0) {
        if (offered < sequences) {
          int[] prompt = prompts.get(offered);
          Collecting text = new Collecting(prompt, length, () -> progress.accept(++done[0]));
          GenerationRequest request =
              new GenerationRequest(
                  "g" + offered,
                  prompt,
                  new int[0],
                  Sampling.temperature(1, seed + offered),
                  length - prompt.length,
                  0,
                  List.of(),
                  true);
          if (batch.offer(request, SteeringSource.none(), text)) {
            texts.add(text);
            offered++;
            continue;
          }
        }
        batch.step();
      }
    }
    return texts.stream().map(text -> text.tokens).toList();
  }

  /// Probability of each next state after each state.
  private static double[][] nextStates(CodebookTransformer model, AutomatonTokens tokens) {
    int states = tokens.automaton().states();
    int digits = tokens.automaton().digits();
    double[][] next = new double[states][states];
    for (double[] row : next) {
      Arrays.fill(row, 1);
    }
    for (int length = 0; length < digits; length++) {
      int prefixes = (int) Math.pow(10, length);
      List<int[]> inputs = new ArrayList<>();
      for (int state = 0; state < states; state++) {
        for (int prefix = 0; prefix < prefixes; prefix++) {
          String read = length == 0 ? "" : ("%0" + length + "d").formatted(prefix);
          inputs.add(tokens.prompt(tokens.automaton().text(state) + read));
        }
      }
      try (LastPositions last = new LastPositions(model, inputs)) {
        last.run(Steering.NONE);
        for (int state = 0; state < states; state++) {
          for (int to = 0; to < states; to++) {
            String text = tokens.automaton().text(to);
            int prefix = length == 0 ? 0 : Integer.parseInt(text.substring(0, length));
            int token = tokens.digits()[text.charAt(length) - '0'];
            next[state][to] *= last.distribution(state * prefixes + prefix)[token];
          }
        }
      }
    }
    return next;
  }

  private static int greedy(CodebookTransformer model, AutomatonTokens tokens, int state) {
    String text = tokens.automaton().text(state);
    for (int i = 0; i < tokens.automaton().digits(); i++) {
      try (LastPositions last = new LastPositions(model, List.of(tokens.prompt(text)))) {
        last.run(Steering.NONE);
        double[] chances = last.distribution(0);
        int best = 0;
        for (int id = 1; id < chances.length; id++) {
          best = chances[id] > chances[best] ? id : best;
        }
        if (tokens.digit(best) < 0) {
          return -1;
        }
        text += tokens.digit(best);
      }
    }
    return Integer.parseInt(text.substring(tokens.automaton().digits()));
  }

  private static final class Collecting implements GenerationListener {
    private final int[] tokens;
    private final int from;
    private final Runnable ended;

    Collecting(int[] prompt, int length, Runnable ended) {
      tokens = Arrays.copyOf(prompt, length);
      from = prompt.length;
      this.ended = ended;
    }

    @Override
    public void onForward(int position, CodeView natural, CodeView effective) {}

    @Override
    public void onToken(int index, int token, float logprob, TopLogprobs top) {
      tokens[from + index] = token;
    }

    @Override
    public void onFinished(FinishReason reason) {
      ended.run();
    }
  }
}
