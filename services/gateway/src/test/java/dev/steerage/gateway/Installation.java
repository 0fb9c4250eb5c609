package dev.steerage.gateway;

import dev.steerage.admission.AdmissionConfig;
import dev.steerage.admission.AdmissionService;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.index.IndexConfig;
import dev.steerage.index.IndexService;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.Await;
import dev.steerage.testkit.ScratchFolder;
import dev.steerage.testkit.TestBroker;
import dev.steerage.worker.WorkerConfig;
import dev.steerage.worker.WorkerService;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Everything behind a gateway, in this JVM: broker, admission, index, a worker of `tokfsm`.
final class Installation implements AutoCloseable {
  static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final Path MODEL = Path.of("..", "..", "infra", "models", "tokfsm");

  private final TestBroker broker;
  private final ScratchFolder folder = ScratchFolder.create();
  private final IndexService index;
  private final WorkerService worker;
  private final AdmissionService admission;
  private GatewayService gateway;

  Installation(TestBroker broker) throws InterruptedException {
    this.broker = broker;
    broker.provision(Topics.ofModel("tokfsm"));
    Path aeron = folder.path().resolve("aeron");
    index = IndexService.start(IndexConfig.of(broker.bootstrap(), aeron));
    worker =
        WorkerService.start(
            WorkerConfig.of(broker.bootstrap(), MODEL, "auto", "w")
                .withLive(new WorkerConfig.LiveStream(aeron.toString(), Optional.empty())));
    admission = AdmissionService.start(AdmissionConfig.of(broker.bootstrap(), Map.of()));
    if (!admission.awaitReady(DEADLINE)) {
      throw new AssertionError("admission was not ready in " + DEADLINE);
    }
    open(config());
  }

  TestBroker broker() {
    return broker;
  }

  Path scratch() {
    return folder.path();
  }

  GatewayConfig config() {
    return GatewayConfig.of(broker.bootstrap(), Optional.of(folder.path().resolve("aeron")))
        .withTenants(List.of(TenantId.DEFAULT));
  }

  /// Starts another gateway and waits until it knows the model.
  GatewayService start(GatewayConfig config, Optional<String> key) {
    GatewayService started = GatewayService.start(config);
    var client = new Client(started.address(), key);
    Await.until("the model", DEADLINE, () -> client.get("/v1/models/tokfsm").status() == 200);
    return started;
  }

  private void open(GatewayConfig config) {
    gateway = start(config, Optional.empty());
  }

  Client client() {
    return new Client(gateway.address(), Optional.empty());
  }

  URI address() {
    return gateway.address();
  }

  /// Another gateway in place of the first, as after a crash: only Kafka remembers.
  void restartGateway() {
    gateway.close();
    open(config());
  }

  @Override
  public void close() {
    gateway.close();
    admission.close();
    worker.close();
    index.close();
    folder.close();
  }
}
