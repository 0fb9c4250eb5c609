package dev.steerage.systemtests.tenants;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Whether what one tenant gets depends on what another does: the same requests of A, with the same
/// seeds and under the same rule of A's, while B is absent, floods, cancels, or sends hostile
/// rules. Tokens, log-probabilities and alternatives must be equal bit for bit.
final class Interference {
  private static final Duration PATIENCE = Duration.ofMinutes(8);
  private static final String MODEL = "\"model\":\"tokfsm\",";

  private final String bootstrap;
  private final TenantId a;
  private final TenantId b;
  private final int requests;

  /// What B does meanwhile.
  enum Neighbour {
    ABSENT,
    FLOODING,
    CANCELLING,
    HOSTILE_RULES
  }

  /// What came of it.
  ///
  /// @param tokens of A in one phase
  /// @param different requests of A that were not answered as with B absent
  /// @param neighbour requests of B that ran or were refused in all phases
  record Outcome(long tokens, List<String> different, int neighbour) {}

  Interference(String bootstrap, TenantId a, TenantId b, int requests) {
    this.bootstrap = bootstrap;
    this.a = a;
    this.b = b;
    this.requests = requests;
  }

  Outcome run() {
    List<List<List<String>>> phases = new ArrayList<>();
    List<String> different = new ArrayList<>();
    int neighbours = 0;
    long tokens = 0;
    try (var mine = new Traffic(bootstrap, a)) {
      mine.send(
          Topics.RULES.of(a).name(),
          "mine",
          "{\"rule\":\"mine\",\"model\":\"tokfsm\",\"when\":{\"positions\":{\"every\":5}},"
              + "\"do\":[{\"ban\":[\"L1.mlp:12\",\"L0.mlp:7\"]}],\"author\":\"a\"}");
      for (Neighbour neighbour : Neighbour.values()) {
        try (var theirs = new Traffic(bootstrap, b)) {
          phases.add(phase(neighbour, mine, theirs));
          neighbours += theirs.runs().size();
        }
      }
      tokens = mine.tokens() / Neighbour.values().length;
    }
    for (int phase = 1; phase < phases.size(); phase++) {
      for (int i = 0; i < requests; i++) {
        if (!phases.get(0).get(i).equals(phases.get(phase).get(i))) {
          different.add(Neighbour.values()[phase] + " request " + i);
        }
      }
    }
    return new Outcome(tokens, different, neighbours);
  }

  private List<List<String>> phase(Neighbour neighbour, Traffic mine, Traffic theirs) {
    String name = neighbour.name().toLowerCase(java.util.Locale.ROOT);
    var random = new Random(7);
    for (int i = 0; i < requests; i++) {
      mine.prompt(name + "-" + i, prompt(i, "9" + (i % 10) + (i / 10 % 10)));
      disturb(neighbour, theirs, random, i);
    }
    mine.awaitAll(PATIENCE);
    List<List<String>> said = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      Traffic.Run run = mine.runs().get(name + "-" + i);
      if (!run.isComplete()) {
        throw new AssertionError(name + ": request " + i + " ended as " + run.end);
      }
      said.add(List.copyOf(run.said));
    }
    return said;
  }

  private static String prompt(int seed, String text) {
    return MODEL
        + "\"text\":\""
        + text
        + "\",\"maxTokens\":24,\"topLogprobs\":3,\"sampling\":{\"temperature\":1,\"seed\":"
        + seed
        + "}}";
  }

  private void disturb(Neighbour neighbour, Traffic theirs, Random random, int i) {
    switch (neighbour) {
      case ABSENT -> {}
      case FLOODING -> {
        for (int n = 0; n < 2; n++) {
          theirs.prompt("flood-" + i + "-" + n, prompt(random.nextInt(), "01".repeat(1 + i % 20)));
        }
      }
      case CANCELLING -> {
        String request = "cancel-" + i;
        theirs.prompt(request, prompt(i, "0102"));
        theirs.send(
            Topics.COMMANDS.of(b).name(),
            request,
            "{\"command\":\""
                + request
                + "-c\",\"kind\":\"cancel\",\"request\":\""
                + request
                + "\"}");
      }
      case HOSTILE_RULES -> {
        theirs.send(Topics.RULES.of(b).name(), "h" + i % 50, hostile(random, i % 50));
        theirs.prompt("hostile-" + i, prompt(i, "0102"));
      }
    }
  }

  private static String hostile(Random random, int rule) {
    String head = "{\"rule\":\"h" + rule + "\",\"model\":\"tokfsm\",\"author\":\"b\",";
    return switch (random.nextInt(5)) {
      case 0 -> head + "\"do\":[{\"activate\":[\"L1.mlp:3\"],\"slots\":\"all\"}]}";
      case 1 -> head + "\"priority\":2147483647,\"do\":[{\"ban\":[\"L0.mlp:1\"]},{\"stop\":true}]}";
      case 2 -> head + "\"do\":[{\"ban\":[\"L99.mlp:1\"]}]}";
      case 3 -> "{\"rule\":" + "[".repeat(2_000);
      default ->
          head
              + "\"when\":{\"after\":{\"text\":\"(0|1|2){1,9}[0-9]*\"}},"
              + "\"do\":[{\"ablate\":[\"L1.mlp:"
              + random.nextInt(100)
              + "\"]}]}";
    };
  }
}
