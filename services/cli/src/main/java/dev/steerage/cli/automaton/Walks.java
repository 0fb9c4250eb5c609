package dev.steerage.cli.automaton;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.activation.Firings;
import dev.steerage.cli.log.Event;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.log.Feed;
import dev.steerage.cli.prompt.RequestRun;
import dev.steerage.cli.prompt.Requests;
import dev.steerage.domain.automaton.Automaton;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Prompt;
import dev.steerage.schemas.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Sends walks of an automaton as prompts and counts the codes that fire on them, live.
public final class Walks {
  private static final int IN_FLIGHT = 32;
  private static final Duration STALL = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(100);

  private final EventLog log;
  private final TenantId tenant;
  private final String model;
  private final Automaton automaton;

  public Walks(EventLog log, TenantId tenant, String model, Automaton automaton) {
    this.log = log;
    this.tenant = tenant;
    this.model = model;
    this.automaton = automaton;
  }

  /// What the walks showed.
  ///
  /// @param positions whose activations were read
  public record Found(Alphabet alphabet, StepCodes codes, long positions) {}

  /// Sends the walks, one request each, and reads their activations to the end.
  ///
  /// @param id of the requests; each gets its number as a suffix
  public Found run(String id, List<List<Integer>> walks) {
    Map<String, List<Integer>> byRequest = new LinkedHashMap<>();
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < walks.size(); i++) {
      String request = id + "-" + i;
      byRequest.put(request, walks.get(i));
      prompts.add(prompt(request, automaton.text(walks.get(i))));
    }
    try (Feed<byte[]> activations = log.follow(Topics.ACTIVATIONS.of(tenant), Feed.From.NOW);
        Requests requests = Requests.open(log, tenant)) {
      List<RequestRun> runs = requests.runAll(prompts, IN_FLIGHT, STALL, Walks::checkComplete);
      Alphabet alphabet = alphabet(runs, byRequest);
      StepCodes codes = new StepCodes(automaton, alphabet.start().size());
      long positions = count(activations, byRequest, alphabet, codes);
      return new Found(alphabet, codes, positions);
    }
  }

  private static void checkComplete(RequestRun run) {
    if (!run.isComplete()) {
      throw new CliException(
          ExitCode.REFUSED, "request=" + run.request() + " did not complete: " + run.ending());
    }
  }

  private Alphabet alphabet(List<RequestRun> runs, Map<String, List<Integer>> walks) {
    Map<Character, Integer> ids = new HashMap<>();
    List<Integer> start = List.of();
    for (RequestRun run : runs) {
      Alphabet one =
          Alphabet.of(
              automaton.text(walks.get(run.request())), run.started().orElseThrow().promptTokens());
      ids.putAll(one.ids());
      start = one.start();
    }
    return new Alphabet(start, ids);
  }

  private static long count(
      Feed<byte[]> activations,
      Map<String, List<Integer>> walks,
      Alphabet alphabet,
      StepCodes codes) {
    long expected = 0;
    for (List<Integer> walk : walks.values()) {
      expected += alphabet.start().size() + (long) walk.size() * codes.digits();
    }
    long positions = 0;
    long deadline = System.nanoTime() + STALL.toNanos();
    while (positions < expected) {
      for (Event<byte[]> event : activations.poll(POLL)) {
        Optional<Firings> fired =
            Firings.read(event.raw()).filter(read -> walks.containsKey(read.request()));
        if (fired.isPresent()) {
          codes.add(walks.get(fired.get().request()), fired.get());
          positions += promptPositions(fired.get());
        }
      }
      if (System.nanoTime() > deadline) {
        throw new CliException(
            ExitCode.TIMEOUT,
            "activations of the prompts did not come: positions="
                + positions
                + ", expected="
                + expected
                + ", limit="
                + STALL.toSeconds()
                + " s; is capture off for this tenant or model?");
      }
    }
    return positions;
  }

  private static int promptPositions(Firings fired) {
    return Math.clamp(fired.promptLength() - fired.firstPosition(), 0, fired.tokens().size());
  }

  private Prompt prompt(String request, String text) {
    return Prompt.of(model).request(request).text(text).maxTokens(1).prompt();
  }
}
