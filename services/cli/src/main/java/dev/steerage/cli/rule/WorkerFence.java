package dev.steerage.cli.rule;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.prompt.RequestRun;
import dev.steerage.cli.prompt.Requests;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Prompt;
import dev.steerage.schemas.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Waits until all workers of a model have taken a revision. Every partition of its work has one
/// worker, so one token is asked of each, with the revision as the prompt's fence; no rule but a
/// mandatory one acts on it, and its codes are not recorded.
public final class WorkerFence {
  // What a prompt needs beyond the wait for the revision.
  private static final Duration ANSWER = Duration.ofSeconds(10);

  private final EventLog log;
  private final TenantId tenant;
  private final Duration limit;

  /// @param limit for the revision to come
  public WorkerFence(EventLog log, TenantId tenant, Duration limit) {
    this.log = log;
    this.tenant = tenant;
    this.limit = limit;
  }

  /// What a worker answered.
  ///
  /// @param partitions of the model's work that it has
  /// @param revision lowest that steered a token of its own
  public record Passed(int partitions, long revision) {
    private Passed and(Passed other) {
      return new Passed(partitions + other.partitions, Math.min(revision, other.revision));
    }
  }

  /// Waits for a revision.
  ///
  /// @param id of the requests; each gets the model and a number as a suffix
  /// @return by name of the worker
  /// @throws CliException if a partition's worker has not taken it in time, or does not answer
  public Map<String, Passed> await(String model, long revision, String id) {
    Map<String, Passed> workers = new TreeMap<>();
    try (Requests requests = Requests.open(log, tenant)) {
      List<Prompt> prompts = prompts(model, revision, ids(model, id + "-" + model));
      for (RequestRun run : requests.runAll(prompts, prompts.size(), limit.plus(ANSWER), _ -> {})) {
        if (!run.isComplete() || run.tokens().isEmpty()) {
          throw new CliException(
              ExitCode.REFUSED,
              "model=" + model + ", revision=" + revision + " is not everywhere: " + run.ending());
        }
        String worker = run.started().orElseThrow().worker();
        long applied = run.tokens().getFirst().revision();
        workers.merge(worker, new Passed(1, applied), Passed::and);
      }
    }
    return workers;
  }

  private List<Prompt> prompts(String model, long revision, Collection<String> ids) {
    List<Prompt> prompts = new ArrayList<>();
    for (String request : ids) {
      prompts.add(
          Prompt.of(model)
              .request(request)
              .tokens(List.of(0))
              .maxTokens(1)
              .fence(new Prompt.Fence(revision, limit.toMillis()))
              .standingRules(false)
              .capture(new Prompt.Capture(List.of(), true))
              .prompt());
    }
    return prompts;
  }

  /// A request id for each partition of the model's work: the hash of the key picks it.
  private List<String> ids(String model, String id) {
    int partitions = Topics.work(model).settings().partitions();
    Set<Integer> covered = new HashSet<>();
    List<String> ids = new ArrayList<>();
    for (int i = 0; covered.size() < partitions; i++) {
      String request = id + "-" + i;
      if (covered.add(Topics.workPartition(Topics.workKey(tenant, request)))) {
        ids.add(request);
      }
    }
    return ids;
  }
}
