package dev.steerage.worker.aeron;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.ops.Backends;
import dev.steerage.schemas.aeron.IndexStreams;
import dev.steerage.schemas.sbe.ActivationsDecoder;
import dev.steerage.testkit.Await;
import dev.steerage.testkit.ScratchFolder;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.worker.WorkerConfig.LiveStream;
import dev.steerage.worker.WorkerMetricFamilies;
import dev.steerage.worker.WorkerMetrics;
import dev.steerage.worker.generation.ServedModel;
import dev.steerage.worker.tick.CodeFrame;
import dev.steerage.worker.tick.RequestOrigin;
import dev.steerage.worker.tick.TickEvent;
import io.aeron.Aeron;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AeronLiveSinkIT {
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private final ScratchFolder scratch = ScratchFolder.create();
  private final CodebookTransformer engine =
      CodebookTransformer.load(
          Path.of("..", "..", "infra", "models", "tokfsm"), Backends.byName("reference"));
  private final ServedModel model = ServedModel.of("tokfsm", engine);
  private final WorkerMetrics metrics =
      new WorkerMetricFamilies(new PrometheusRegistry()).of("tokfsm");

  @AfterEach
  void close() {
    engine.close();
    scratch.close();
  }

  private TickEvent.Fired fired(int position) {
    var frame = new CodeFrame(model.layout(), position, 1);
    int at = frame.addPosition(3);
    for (int slot = 0; slot < model.layout().slots(); slot++) {
      frame.natural()[at + slot] = position + slot;
    }
    var origin = new RequestOrigin(new TenantId("t"), "r", 0, 0, List.of());
    return new TickEvent.Fired(origin, 1, 2, frame, new int[] {0, 4}, List.of());
  }

  private AeronLiveSink sink(String folder, int framesMax) {
    return new AeronLiveSink(model, new LiveStream(folder, Optional.empty()), framesMax, metrics);
  }

  @Test
  void shouldPublishFramesAndNumberWhatWasDropped() {
    String folder = scratch.path().resolve("aeron").toString();
    var context =
        new MediaDriver.Context()
            .aeronDirectoryName(folder)
            .threadingMode(ThreadingMode.SHARED)
            .dirDeleteOnShutdown(true);
    try (var driver = MediaDriver.launch(context);
        var aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(folder));
        var index = aeron.addSubscription(IndexStreams.DEFAULT_CHANNEL, IndexStreams.ACTIVATIONS);
        var sink = sink(driver.aeronDirectoryName(), 1_024)) {
      List<Long> numbers = new ArrayList<>();
      List<Integer> positions = new ArrayList<>();
      var decoder = new ActivationsDecoder();
      int[] sent = {0};
      Await.until(
          "frames at the index",
          DEADLINE,
          () -> {
            sink.offer(fired(sent[0]++));
            index.poll(
                (buffer, offset, length, header) -> {
                  assertThat(decoder.wrap(buffer, offset, length)).isEmpty();
                  assertThat(decoder.code(0, 1, 0)).isEqualTo(decoder.firstPosition() + 4);
                  numbers.add(header.reservedValue());
                  positions.add(decoder.firstPosition());
                },
                10);
            return numbers.size() >= 5;
          });

      // Frame n carries number n + 1, whether the ones before it went through or not.
      for (int i = 0; i < numbers.size(); i++) {
        assertThat(numbers.get(i)).isEqualTo(positions.get(i) + 1L);
      }
    }
  }

  @Test
  void shouldNeverWaitForADriverThatIsAbsent() {
    try (var sink = sink(scratch.path().resolve("nothing-here").toString(), 8)) {
      long start = System.nanoTime();
      for (int i = 0; i < 10_000; i++) {
        sink.offer(fired(i));
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(DEADLINE);

      Await.until("drops counted", DEADLINE, () -> metrics.liveDropped().get() == 10_000);
    }
  }
}
