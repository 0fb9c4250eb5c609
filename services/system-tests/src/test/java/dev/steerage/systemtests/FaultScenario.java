package dev.steerage.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.Await;
import dev.steerage.testkit.TopicReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Paced requests on separate processes, three times: undisturbed, with processes killed in the
/// middle, and with a worker that sleeps past its take-over. The answers must be the same.
final class FaultScenario {

  private static final Duration TAKE_OVER = Duration.ofSeconds(10);
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final int TOP_CODES = 10;

  private final Cluster cluster;
  private final int requests;
  private final int tokens;
  private final int pace;

  /// @param requests in each of the three runs
  /// @param tokens of each request
  /// @param pace tokens per second of each request
  FaultScenario(Cluster cluster, int requests, int tokens, int pace) {
    this.cluster = cluster;
    this.requests = requests;
    this.tokens = tokens;
    this.pace = pace;
  }

  void run() {
    List<List<Integer>> undisturbed;
    try (var log = Requests.connect(cluster.bootstrap())) {
      publish(log, "calm");
      log.awaitAllFinished("calm-", requests, runTime());
      undisturbed = answers(log, "calm");
    }
    assertThat(answersWithKills()).as("answers with kills").isEqualTo(undisturbed);
    assertThat(answersWithSleeper()).as("answers with a sleeping worker").isEqualTo(undisturbed);
    checkStatistics();
  }

  private List<List<Integer>> answersWithKills() {
    try (var log = Requests.connect(cluster.bootstrap())) {
      publish(log, "kill");
      log.awaitToken("kill-0", tokens / 3, SOON);

      cluster.process("w1").kill();
      cluster.process("statistics").kill();
      cluster.process("index").kill();
      long killed = System.nanoTime();
      cluster.startStatistics();
      cluster.startIndex();

      log.awaitAllFinished("kill-", requests, runTime());
      report("kill", log, killed);
      List<List<Integer>> answers = answers(log, "kill");
      cluster.startWorker("w3");
      return answers;
    }
  }

  private List<List<Integer>> answersWithSleeper() {
    try (var log = Requests.connect(cluster.bootstrap())) {
      publish(log, "sleep");
      log.awaitToken("sleep-0", tokens / 3, SOON);

      cluster.process("w2").suspend();
      long suspended = System.nanoTime();
      log.awaitAllFinished("sleep-", requests, runTime());
      report("sleep", log, suspended);
      List<List<Integer>> before = answers(log, "sleep");

      int said = cluster.process("w2").lines().size();
      cluster.process("w2").resume();
      // Either it says that it lost its work, or it ends; a worker that does neither writes on.
      Await.until(
          "the woken worker to notice",
          SOON,
          () -> !cluster.process("w2").isAlive() || cluster.process("w2").lines().size() > said);
      publishOne(log, "after", 0);
      log.awaitFinished("after-0", SOON);
      List<List<Integer>> after = answers(log, "sleep");
      assertThat(after).as("answers after the sleeper woke").isEqualTo(before);
      return after;
    }
  }

  private void checkStatistics() {
    String bootstrap = cluster.bootstrap();
    var histograms = Recount.ofHistograms(bootstrap);
    assertThat(Recount.sum(histograms))
        .as("histograms against raw activations")
        .isEqualTo(Recount.ofRawActivations(bootstrap));
    var expected = Recount.expected(histograms, TOP_CODES);
    try (var statistics =
        TopicReader.committed(bootstrap, Topics.CODE_STATISTICS.of(TenantId.DEFAULT))) {
      Await.untilAsserted(
          "statistics to equal the recount",
          SOON,
          () -> assertThat(Recount.published(statistics)).isEqualTo(expected));
    }
  }

  private void publish(Requests log, String run) {
    for (int i = 0; i < requests; i++) {
      publishOne(log, run, i);
    }
  }

  /// Runs differ in the request id only: sampling depends on the seed and the token's index.
  private void publishOne(Requests log, String run, int i) {
    String text = String.format("%02d", i % 100);
    log.prompt(
        run + "-" + i,
        "{\"model\":\"tokfsm\",\"text\":\""
            + text
            + "\",\"maxTokens\":"
            + tokens
            + ",\"pace\":"
            + pace
            + ",\"sampling\":{\"temperature\":1.0,\"seed\":"
            + i
            + "}}");
  }

  private List<List<Integer>> answers(Requests log, String run) {
    List<List<Integer>> answers = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      List<Integer> ids = log.tokens(run + "-" + i).stream().map(Completion.Token::id).toList();
      assertThat(ids).as("tokens of %s-%d", run, i).hasSize(tokens);
      answers.add(ids);
    }
    return answers;
  }

  /// A request may stand still for the take-over, plus the time it would have taken anyway.
  private void report(String run, Requests log, long fault) {
    Duration took = Duration.ofNanos(System.nanoTime() - fault);
    Duration pause = log.longestPause(run + "-");
    System.err.println(
        run
            + ": requests="
            + requests
            + ", longest pause of a request="
            + pause.toMillis()
            + " ms, all finished after the fault in "
            + took.toMillis()
            + " ms");
    assertThat(pause).as("longest pause between two tokens of a request").isLessThan(TAKE_OVER);
  }

  private Duration runTime() {
    // Two workers hold 128 requests at once; the rest waits for a place.
    long rounds = requests / 64 + 2;
    return Duration.ofSeconds((long) tokens / pace).multipliedBy(rounds).plus(SOON);
  }
}
