package dev.steerage.cli.label;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Asks a model what the passages on which a code fires have in common, then whether that says on
/// which of other passages it fires.
///
/// How good the labels of any model are was not measured: the score says it of each label.
public final class ModelLabeller {
  private static final int MOST_LABEL = 200;
  private static final int LABEL_TOKENS = 40;
  private static final int SCORE_TOKENS = 100;
  private static final int SEED = 20261121;
  private static final Pattern NUMBER = Pattern.compile("\\d{1,4}");

  private final ModelEndpoint endpoint;

  public ModelLabeller(ModelEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  /// A label with its score.
  ///
  /// @param score 1: it told every passage right; 0: no better than guessing
  public record Labelled(String text, double score) {}

  /// Labels a code: every second passage is for the label, the others are for the score.
  ///
  /// @param firing passages on which the code fires, at least 2
  /// @param other passages from anywhere
  /// @throws CliException if the endpoint gives no usable answer
  public Labelled label(List<Passage> firing, List<Passage> other) {
    if (firing.size() < 2 || other.isEmpty()) {
      throw new CliException(
          ExitCode.REFUSED,
          "label: passages=%d and %d others, least=2 and 1".formatted(firing.size(), other.size()));
    }
    String text = text(every(firing, 0));
    List<Passage> scored = every(firing, 1);
    return new Labelled(
        text, score(text, scored, other.subList(0, Math.min(other.size(), scored.size()))));
  }

  private static List<Passage> every(List<Passage> passages, int from) {
    return IntStream.range(0, passages.size())
        .filter(i -> i % 2 == from)
        .mapToObj(passages::get)
        .toList();
  }

  /// What the marked tokens of some passages have in common.
  String text(List<Passage> firing) {
    String answer =
        endpoint.ask(
            "What do the tokens marked by [[ ]] have in common? Answer in at most ten words.\n\n"
                + lines(firing),
            LABEL_TOKENS);
    String text =
        answer.lines().map(String::strip).filter(line -> !line.isEmpty()).findFirst().orElse("");
    if (text.isEmpty()) {
      throw new CliException(ExitCode.REFUSED, "endpoint: the label is empty");
    }
    return text.length() <= MOST_LABEL ? text : text.substring(0, MOST_LABEL);
  }

  /// Share of the firing passages that the model takes for such by the label alone, less the share
  /// of the others that it takes for them; not below 0.
  double score(String label, List<Passage> firing, List<Passage> other) {
    List<Integer> order = new ArrayList<>();
    IntStream.range(0, firing.size() + other.size()).forEach(order::add);
    Collections.shuffle(order, new Random(SEED));
    List<Passage> shown =
        order.stream()
            .map(i -> i < firing.size() ? firing.get(i) : other.get(i - firing.size()))
            .toList();
    String answer =
        endpoint.ask(
            "Description: "
                + label
                + "\nIn which passages does it fit the token marked by [[ ]]? Answer with their"
                + " numbers, separated by commas, or with: none.\n\n"
                + lines(shown),
            SCORE_TOKENS);
    var said = new TreeSet<Integer>();
    Matcher numbers = NUMBER.matcher(answer);
    while (numbers.find()) {
      said.add(Integer.parseInt(numbers.group()));
    }
    int right = 0;
    int wrong = 0;
    for (int i = 0; i < order.size(); i++) {
      boolean isFiring = order.get(i) < firing.size();
      right += isFiring && said.contains(i + 1) ? 1 : 0;
      wrong += !isFiring && said.contains(i + 1) ? 1 : 0;
    }
    return Math.max(0, (double) right / firing.size() - (double) wrong / other.size());
  }

  private static String lines(List<Passage> passages) {
    return IntStream.range(0, passages.size())
        .mapToObj(i -> (i + 1) + ". " + passages.get(i).line())
        .collect(Collectors.joining("\n"));
  }
}
