package dev.steerage.trainer.data;

import dev.steerage.domain.automaton.Automaton;
import dev.steerage.trainer.data.Randomness.Purpose;
import dev.steerage.trainer.model.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Walks of an automaton, without end: a begin token, then states from a uniform start, written as
/// digits. Digit d is token d, the begin token is 10.
public final class AutomatonWalks implements TokenSource {
  /// The begin token.
  public static final int BEGIN = 10;

  private final Automaton automaton;
  private final long seed;

  public AutomatonWalks(Automaton automaton, long seed) {
    this.automaton = automaton;
    this.seed = seed;
  }

  /// An automaton in which every state has `edges` distinct successors, drawn by `seed`.
  public static Automaton draw(int states, int edges, long seed) {
    int digits = String.valueOf(states - 1).length();
    List<List<Integer>> successors = new ArrayList<>();
    for (int state = 0; state < states; state++) {
      SplittableRandom random = Randomness.of(seed, Purpose.AUTOMATON, state);
      List<Integer> left = new ArrayList<>();
      for (int i = 0; i < states; i++) {
        left.add(i);
      }
      List<Integer> next = new ArrayList<>();
      for (int i = 0; i < edges; i++) {
        next.add(left.remove(random.nextInt(left.size())));
      }
      successors.add(next.stream().sorted().toList());
    }
    return new Automaton(digits, successors);
  }

  public Automaton automaton() {
    return automaton;
  }

  @Override
  public int vocabulary() {
    return BEGIN + 1;
  }

  @Override
  public Batch train(long first, int count, int length) {
    return walks(Purpose.TRAIN, first, count, length);
  }

  @Override
  public Batch valid(long first, int count, int length) {
    return walks(Purpose.VALID, first, count, length);
  }

  @Override
  public long validSequences(int length) {
    return Long.MAX_VALUE;
  }

  private Batch walks(Purpose purpose, long first, int count, int length) {
    int[] tokens = new int[count * length];
    for (int s = 0; s < count; s++) {
      SplittableRandom random = Randomness.of(seed, purpose, first + s);
      int at = s * length;
      int end = at + length;
      tokens[at++] = BEGIN;
      int state = random.nextInt(automaton.states());
      while (at < end) {
        String text = automaton.text(state);
        for (int d = 0; d < text.length() && at < end; d++) {
          tokens[at++] = text.charAt(d) - '0';
        }
        List<Integer> next = automaton.after(state);
        state = next.get(random.nextInt(next.size()));
      }
    }
    return Batch.shifted(count, length, tokens);
  }
}
