package dev.steerage.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.CodeStatistics;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.Await;
import dev.steerage.testkit.ChildJvm;
import dev.steerage.testkit.ScratchFolder;
import dev.steerage.testkit.TestBroker;
import dev.steerage.testkit.WithBroker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The service as a process that is killed without a word while histograms stream in.
@Tag("fault")
@WithBroker
@Timeout(180)
class StatisticsKillIT {
  private static final List<Long> SIZES = List.of(2_000L, 10_000L);
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final long PAUSE_NS = 3_000_000;

  @Test
  void shouldEqualRecountWhenKilledTwice(TestBroker broker) throws InterruptedException {
    try (var folder = ScratchFolder.create()) {
      run(broker, folder.path(), folder.path());
    }
  }

  @Test
  void shouldEqualRecountWhenKilledAndStateFolderIsLost(TestBroker broker)
      throws InterruptedException {
    try (var folder = ScratchFolder.create();
        var empty = ScratchFolder.create()) {
      run(broker, folder.path(), empty.path());
    }
  }

  private static void run(TestBroker broker, Path before, Path after) throws InterruptedException {
    TenantId tenant = broker.newTenant();
    AtomicBoolean stopped = new AtomicBoolean();
    AtomicLong sent = new AtomicLong();
    Thread sender =
        Thread.ofPlatform().name("sender").start(() -> send(broker, tenant, stopped, sent));
    try {
      for (Path folder : List.of(before, after)) {
        try (var service = start(broker, tenant, folder)) {
          await("records on top", sent, sent.get() + 300);
          // In the middle of the work: records are on their way and a transaction is open.
          service.kill();
        }
        await("records while nobody counts", sent, sent.get() + 100);
      }
      try (var service = start(broker, tenant, after)) {
        await("records after the restart", sent, sent.get() + 100);
        stopped.set(true);
        sender.join();
        check(broker, tenant);
        assertThat(service.terminate()).isIn(0, 143);
      }
    } finally {
      stopped.set(true);
      sender.join();
    }
  }

  private static ChildJvm start(TestBroker broker, TenantId tenant, Path folder) {
    ChildJvm service =
        ChildJvm.start(
            new ChildJvm.Program(
                "statistics",
                Main.class.getName(),
                "256m",
                List.of(
                    "--bootstrap=" + broker.bootstrap(),
                    "--application-id=kill-" + tenant,
                    "--state-dir=" + folder,
                    "--windows=2,10")));
    service.awaitLine("readiness", LONG, line -> line.startsWith("ready:"));
    return service;
  }

  private static void send(
      TestBroker broker, TenantId tenant, AtomicBoolean stopped, AtomicLong sent) {
    SplittableRandom random = new SplittableRandom(11);
    while (!stopped.get()) {
      Histograms record =
          Histograms.of(tenant.name(), "m", random.nextInt(6)).random(random, 2, 500, 30);
      broker.send(
          new ProducerRecord<>(
              Topics.HISTOGRAMS.name(),
              record.key().getBytes(StandardCharsets.UTF_8),
              record.bytes()));
      sent.incrementAndGet();
      LockSupport.parkNanos(PAUSE_NS);
    }
  }

  private static void await(String what, AtomicLong sent, long count) {
    Await.until(what, LONG, () -> sent.get() >= count);
  }

  private static void check(TestBroker broker, TenantId tenant) {
    Recount recount = InputRecount.of(broker.bootstrap(), SIZES, tenant.name());
    assertThat(recount.windows()).hasSizeGreaterThan(12);
    try (var reader = broker.read(Topics.CODE_STATISTICS.of(tenant))) {
      List<ConsumerRecord<String, CodeStatistics>> finals =
          reader.awaitCount(
              "final statistics",
              LONG,
              recount.windows().size(),
              record -> record.value().complete());
      assertThat(finals).hasSameSizeAs(recount.windows());
      assertThat(finals.stream().map(ConsumerRecord::key)).doesNotHaveDuplicates();
      finals.forEach(record -> recount.check(tenant.name(), record.value()));
    }
  }
}
