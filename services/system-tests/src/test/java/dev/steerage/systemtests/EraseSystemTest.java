package dev.steerage.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.broker.tenant.Secrets;
import dev.steerage.broker.tenant.TenantReconciler;
import dev.steerage.broker.tenant.TenantSpec;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.local.LocalInstance;
import dev.steerage.local.UpConfig;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.Await;
import dev.steerage.testkit.ScratchFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A whole instance with its usual settings, in which nobody else does anything: ten minutes after
/// a tenant was deleted, no byte of what it wrote is in any file of the instance.
@Timeout(900)
@Tag("long")
class EraseSystemTest {
  private static final TenantId GONE = new TenantId("tobeforgotten");
  private static final String CANARY = "canary7f3a9c51";
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private static final String PROMPT =
      ",\"model\":\"tokfsm\",\"text\":\"0102\",\"maxTokens\":20,\"session\":\"s-canary7f3a9c51\","
          + "\"labels\":{\"app\":\"canary7f3a9c51\"}}";
  private static final String RULE =
      "{\"rule\":\"canary7f3a9c51\",\"model\":\"tokfsm\",\"do\":[{\"ban\":[\"L1.mlp:12\"]}],"
          + "\"author\":\"canary7f3a9c51\"}";
  private static final String MONITOR =
      "{\"monitor\":\"canary7f3a9c51\",\"model\":\"tokfsm\",\"measure\":{\"distinct\":\"L1.mlp\"},"
          + "\"above\":3,\"window\":{\"tumblingMs\":60000},\"scope\":\"session\",\"support\":5,"
          + "\"then\":{\"do\":[{\"activate\":[\"L1.mlp:7\"]}]},\"message\":\"canary7f3a9c51\","
          + "\"author\":\"canary7f3a9c51\"}";
  private static final String LABEL =
      "{\"model\":\"tokfsm\",\"code\":\"L1.mlp:7\",\"text\":\"canary7f3a9c51\",\"author\":\"a\"}";

  @Test
  void shouldLeaveNoByteOfADeletedTenantAfterTenMinutes() throws IOException {
    try (ScratchFolder folder = ScratchFolder.create()) {
      Path data = folder.path().resolve("data");
      UpConfig config =
          new UpConfig(
              data,
              0,
              List.of(Programs.models().resolve("tokfsm")),
              List.of(TenantId.DEFAULT, GONE),
              "auto",
              OptionalInt.of(0),
              false);
      try (LocalInstance instance = LocalInstance.start(config);
          TenantReconciler reconciler =
              new TenantReconciler(
                  Map.of("bootstrap.servers", instance.bootstrap()),
                  new Secrets(data.resolve("secrets")))) {
        reconciler.reconcile(List.of(TenantSpec.of(GONE)));
        live(instance.bootstrap());
        awaitEverywhere(data);
        reconciler.delete(GONE);
        erase(reconciler, data);
      }
      assertThat(files(data, CANARY)).as("after a stop").isEmpty();
    }
  }

  private static void live(String bootstrap) {
    try (Requests requests = Requests.connect(bootstrap, GONE)) {
      requests.rule(CANARY, RULE);
      requests.rule(CANARY, MONITOR);
      requests.send(Topics.LABELS.of(GONE), "tokfsm/L1.mlp:7", LABEL);
      for (int i = 0; i < 4; i++) {
        requests.prompt("r" + i + CANARY, "{\"request\":\"r" + i + CANARY + "\"" + PROMPT);
        requests.awaitFinished("r" + i + CANARY, SOON);
      }
    }
  }

  /// Before: in the tenant's own topics, in each kind of Steerage's own, in the index's snapshot.
  private static void awaitEverywhere(Path data) {
    for (String place :
        List.of(
            Topics.work("tokfsm").name(),
            Topics.sessions("tokfsm").name(),
            Topics.MONITORS.name(),
            Topics.OBSERVATIONS.name(),
            Topics.MONITOR_EDGES.name(),
            "accepted-monitors-changelog",
            "monitor-states-changelog",
            Topics.COMPLETIONS.of(GONE).name())) {
      Await.until(
          "the canary in " + place,
          SOON,
          () -> files(data, CANARY).stream().anyMatch(file -> file.toString().contains(place)));
    }
    for (String place : List.of(Topics.HISTOGRAMS.name(), "code-counts-changelog", "snapshot")) {
      Await.until(
          "the tenant in " + place,
          Duration.ofSeconds(120),
          () ->
              files(data, GONE.name()).stream().anyMatch(file -> file.toString().contains(place)));
    }
  }

  private static void erase(TenantReconciler reconciler, Path data) {
    long begun = System.nanoTime();
    int left = 1;
    List<Path> found;
    do {
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(5));
      // Asked again after the end, it would begin anew, and write the name once more.
      left = left == 0 ? 0 : reconciler.erase(GONE);
      found = files(data, CANARY);
      found.addAll(files(data, GONE.name()).stream().filter(EraseSystemTest::counts).toList());
      System.out.println(
          "erasing: "
              + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun)
              + " s, left="
              + left
              + ", files="
              + found.stream().map(data::relativize).limit(6).toList());
    } while ((left > 0 || !found.isEmpty()) && System.nanoTime() - begun < LIMIT.toNanos());
    assertThat(found).isEmpty();
    assertThat(left).isZero();
  }

  /// The broker's own records say for a while which topics and groups there were.
  private static boolean counts(Path file) {
    String folder = file.getParent().getFileName().toString();
    return !folder.startsWith("__");
  }

  /// Files under the folder that hold these bytes.
  private static List<Path> files(Path folder, String text) {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
        if (holds(file, text)) {
          found.add(file);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      // Deleted while we looked: look again.
      found.add(folder);
    }
    return found;
  }

  private static boolean holds(Path file, String text) throws IOException {
    try {
      // Latin-1 keeps every byte.
      return Files.readString(file, StandardCharsets.ISO_8859_1).contains(text);
    } catch (NoSuchFileException e) {
      return false;
    }
  }
}
