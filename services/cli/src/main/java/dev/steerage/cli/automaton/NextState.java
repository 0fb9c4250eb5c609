package dev.steerage.cli.automaton;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.prompt.RequestRun;
import dev.steerage.cli.prompt.Requests;
import dev.steerage.domain.automaton.Automaton;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.Prompt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/// Asks a model for the exact probability of each next state: first digits are forced one after the
/// other, and the probabilities of the digits are multiplied.
public final class NextState {
  private static final int MAX_ALTERNATIVES = 50;
  private static final int IN_FLIGHT = 256;
  private static final Duration STALL = Duration.ofSeconds(60);

  private final Requests requests;
  private final String model;
  private final int vocabulary;
  private final Automaton automaton;
  private final Alphabet alphabet;

  /// @param vocabulary number of the model's token ids; all of them are asked for
  public NextState(
      Requests requests, String model, int vocabulary, Automaton automaton, Alphabet alphabet) {
    if (vocabulary > MAX_ALTERNATIVES) {
      throw new CliException(
          ExitCode.REFUSED,
          "model=" + model + ": vocabulary=" + vocabulary + ", limit=" + MAX_ALTERNATIVES);
    }
    this.requests = requests;
    this.model = model;
    this.vocabulary = vocabulary;
    this.automaton = automaton;
    this.alphabet = alphabet;
  }

  /// One question.
  ///
  /// @param id unique among all requests
  /// @param context the states before
  /// @param states whose probabilities are asked for
  public record Question(
      String id, List<Integer> context, StateSteering steering, List<Integer> states) {}

  /// The probabilities of the asked states, by question in order and by state.
  ///
  /// @param progress told how many requests have ended
  public List<Map<Integer, Double>> ask(List<Question> questions, IntConsumer progress) {
    List<Prompt> prompts = new ArrayList<>();
    for (Question question : questions) {
      for (String read : prefixes(question)) {
        prompts.add(prompt(question, read));
      }
    }
    int[] done = {0};
    List<RequestRun> runs =
        requests.runAll(prompts, IN_FLIGHT, STALL, _ -> progress.accept(++done[0]));
    Map<String, Map<Integer, Double>> chances = new HashMap<>();
    runs.forEach(run -> chances.put(run.request(), nextTokens(run)));
    return questions.stream().map(question -> answer(question, chances)).toList();
  }

  private List<String> prefixes(Question question) {
    return question.states().stream()
        .map(automaton::text)
        .<String>mapMulti(
            (text, out) -> {
              for (int length = 0; length < text.length(); length++) {
                out.accept(text.substring(0, length));
              }
            })
        .distinct()
        .sorted()
        .toList();
  }

  private Prompt prompt(Question question, String read) {
    List<Integer> context = alphabet.prompt(automaton.text(question.context()));
    List<Integer> tokens = new ArrayList<>(context);
    read.chars().forEach(digit -> tokens.add(alphabet.id((char) digit)));
    return Prompt.of(model)
        .request(id(question, read))
        .tokens(tokens)
        .maxTokens(1)
        .topLogprobs(vocabulary)
        .rules(question.steering().inline(model, context.size(), read))
        .capture(new Prompt.Capture(List.of(), true))
        .prompt();
  }

  private static String id(Question question, String read) {
    return read.isEmpty() ? question.id() : question.id() + "." + read;
  }

  private static Map<Integer, Double> nextTokens(RequestRun run) {
    // A model whose most probable token ends the text has still said how probable the others are.
    if (run.tokens().isEmpty()) {
      throw new CliException(
          ExitCode.REFUSED, "request=" + run.request() + " gave no token: " + run.ending());
    }
    Map<Integer, Double> chances = new HashMap<>();
    for (Completion.Alternative top : run.tokens().getFirst().topLogprobs()) {
      chances.put(top.id(), Math.exp(top.logprob()));
    }
    return chances;
  }

  private Map<Integer, Double> answer(
      Question question, Map<String, Map<Integer, Double>> chances) {
    Map<Integer, Double> answer = new HashMap<>();
    for (int state : question.states()) {
      String text = automaton.text(state);
      double chance = 1;
      for (int i = 0; i < text.length(); i++) {
        chance *=
            chances
                .get(id(question, text.substring(0, i)))
                .getOrDefault(alphabet.id(text.charAt(i)), 0.0);
      }
      answer.put(state, chance);
    }
    return answer;
  }
}
