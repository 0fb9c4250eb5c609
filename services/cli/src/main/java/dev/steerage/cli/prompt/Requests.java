package dev.steerage.cli.prompt;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.Event;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.log.Feed;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.Prompt;
import dev.steerage.schemas.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Sends prompts and follows their completions. It listens before it sends, so nothing is missed.
/// For one thread.
public final class Requests implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);

  private final EventLog log;
  private final TenantId tenant;
  private final Feed<Completion> completions;
  private final Map<String, RequestRun> running = new HashMap<>();
  private BiConsumer<Event<Completion>, Completion> watcher = (_, _) -> {};
  private BiConsumer<RequestRun, List<Completion.Token>> onTokens = (_, _) -> {};

  private Requests(EventLog log, TenantId tenant, Feed<Completion> completions) {
    this.log = log;
    this.tenant = tenant;
    this.completions = completions;
  }

  /// Starts to listen.
  public static Requests open(EventLog log, TenantId tenant) {
    return new Requests(log, tenant, log.follow(Topics.COMPLETIONS.of(tenant), Feed.From.NOW));
  }

  /// Hands on every new token of a request sent here, as it is read.
  public void onTokens(BiConsumer<RequestRun, List<Completion.Token>> listener) {
    onTokens = listener;
  }

  /// Hands on every event of a request sent here, as it is read.
  public void onEvent(BiConsumer<Event<Completion>, Completion> listener) {
    watcher = listener;
  }

  /// Writes a prompt and waits until the log has it.
  ///
  /// @throws IllegalArgumentException if the prompt has no request id
  public RequestRun send(Prompt prompt) {
    String request = requestOf(prompt);
    RequestRun run = new RequestRun(request);
    running.put(request, run);
    checkWritten(request, write(prompt, request));
    return run;
  }

  private CompletableFuture<?> write(Prompt prompt, String request) {
    return log.send(Topics.PROMPTS.of(tenant), prompt.session().orElse(request), prompt);
  }

  private static void checkWritten(String request, CompletableFuture<?> written) {
    try {
      written.join();
    } catch (CompletionException e) {
      throw new CliException(
          ExitCode.UNREACHABLE,
          "prompt not written: request=" + request + ": " + e.getCause().getMessage(),
          e);
    }
  }

  private static String requestOf(Prompt prompt) {
    return prompt
        .request()
        .orElseThrow(() -> new IllegalArgumentException("prompt: request id missing"));
  }

  /// Reads what has come; waits for a moment when nothing has.
  public void poll() {
    poll(POLL);
  }

  /// Reads what has come; waits for at most `timeout` when nothing has.
  public void poll(Duration timeout) {
    for (Event<Completion> event : completions.poll(timeout)) {
      event.value().value().ifPresent(completion -> take(event, completion));
    }
  }

  private void take(Event<Completion> event, Completion completion) {
    RequestRun run = running.get(completion.request());
    if (run == null) {
      return;
    }
    watcher.accept(event, completion);
    List<Completion.Token> fresh = run.take(completion);
    if (!fresh.isEmpty()) {
      onTokens.accept(run, fresh);
    }
    if (run.isOver()) {
      running.remove(run.request());
    }
  }

  /// Follows a request to its end.
  ///
  /// @throws CliException if it has not ended after `limit`
  public RequestRun finish(RequestRun run, Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!run.isOver()) {
      checkDeadline(deadline, limit, "request=" + run.request() + " did not end");
      poll();
    }
    return run;
  }

  /// Sends all prompts, at most `inFlight` at a time, and follows each to its end; gives them in
  /// the order of the prompts.
  ///
  /// @param done told of each request that has ended
  /// @throws CliException if nothing came back for `stall`
  public List<RequestRun> runAll(
      List<Prompt> prompts, int inFlight, Duration stall, Consumer<RequestRun> done) {
    Map<String, RequestRun> all = new LinkedHashMap<>();
    Map<String, CompletableFuture<?>> written = new HashMap<>();
    List<RequestRun> open = new ArrayList<>();
    int next = 0;
    long deadline = System.nanoTime() + stall.toNanos();
    while (next < prompts.size() || !open.isEmpty()) {
      while (next < prompts.size() && open.size() < inFlight) {
        Prompt prompt = prompts.get(next++);
        RequestRun run = new RequestRun(requestOf(prompt));
        running.put(run.request(), run);
        all.put(run.request(), run);
        open.add(run);
        written.put(run.request(), write(prompt, run.request()));
      }
      poll();
      written.entrySet().removeIf(entry -> isWritten(entry.getKey(), entry.getValue()));
      List<RequestRun> ended = open.stream().filter(RequestRun::isOver).toList();
      if (!ended.isEmpty()) {
        open.removeAll(ended);
        ended.forEach(done);
        deadline = System.nanoTime() + stall.toNanos();
      }
      checkDeadline(deadline, stall, open.size() + " requests did not go on");
    }
    return List.copyOf(all.values());
  }

  private static boolean isWritten(String request, CompletableFuture<?> written) {
    if (written.isDone()) {
      checkWritten(request, written);
    }
    return written.isDone();
  }

  private static void checkDeadline(long deadline, Duration limit, String what) {
    if (System.nanoTime() > deadline) {
      throw new CliException(ExitCode.TIMEOUT, what + ", limit=" + limit.toSeconds() + " s");
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new CliException(ExitCode.TIMEOUT, "interrupted: " + what);
    }
  }

  @Override
  public void close() {
    completions.close();
  }
}
