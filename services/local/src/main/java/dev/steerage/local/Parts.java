package dev.steerage.local;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What was started, to be closed in reverse order. For one thread.
final class Parts implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Parts.class);

  private final Deque<Part<?>> started = new ArrayDeque<>();

  /// One running thing.
  private record Part<T extends AutoCloseable>(String name, T running) {}

  /// How one thing is started.
  record Recipe<T extends AutoCloseable>(String name, Callable<T> start) {}

  <T extends AutoCloseable> T start(String name, Callable<T> start) {
    return startTogether(List.of(new Recipe<>(name, start))).getFirst();
  }

  /// Starts them at the same time, because most of a start is waiting; returns them in the order
  /// given when all are ready. They are closed in the reverse of that order.
  ///
  /// @throws IllegalStateException naming the first that failed; the others are kept to be closed
  <T extends AutoCloseable> List<T> startTogether(List<Recipe<T>> recipes) {
    List<T> running = new ArrayList<>();
    List<Future<T>> futures = new ArrayList<>();
    try (ExecutorService executor =
        Executors.newThreadPerTaskExecutor(Thread.ofPlatform().name("up-start-", 0).factory())) {
      recipes.forEach(recipe -> futures.add(executor.submit(recipe.start())));
    }
    IllegalStateException failure = null;
    for (int i = 0; i < futures.size(); i++) {
      String name = recipes.get(i).name();
      try {
        T part = futures.get(i).get();
        started.push(new Part<>(name, part));
        running.add(part);
      } catch (ExecutionException e) {
        var failed = new IllegalStateException(name + " did not start", e.getCause());
        failure = failure == null ? failed : failure;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failure = new IllegalStateException("interrupted while starting " + name, e);
      }
    }
    if (failure != null) {
      throw failure;
    }
    return running;
  }

  @Override
  public void close() {
    while (!started.isEmpty()) {
      Part<?> part = started.pop();
      try {
        part.running().close();
      } catch (Exception e) {
        // The others must be closed too.
        LOG.atError().addKeyValue("part", part.name()).setCause(e).log("part did not close");
      }
    }
  }
}
