package dev.steerage.local;

import dev.steerage.admission.AdmissionConfig;
import dev.steerage.admission.AdmissionService;
import dev.steerage.broker.BrokerConfig;
import dev.steerage.broker.DesiredTopics;
import dev.steerage.broker.EmbeddedBroker;
import dev.steerage.broker.Provisioner;
import dev.steerage.broker.tenant.ServicePrincipal;
import dev.steerage.gateway.GatewayConfig;
import dev.steerage.gateway.GatewayException;
import dev.steerage.gateway.GatewayService;
import dev.steerage.index.IndexConfig;
import dev.steerage.index.IndexService;
import dev.steerage.index.snapshot.SnapshotSettings;
import dev.steerage.local.Parts.Recipe;
import dev.steerage.schemas.aeron.IndexStreams;
import dev.steerage.statistics.StatisticsConfig;
import dev.steerage.statistics.StatisticsService;
import dev.steerage.worker.WorkerConfig;
import dev.steerage.worker.WorkerService;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Everything in this JVM: the same services that run as processes of their own, and a broker.
///
/// [#start] returns when all of them are ready; [#close] drains and stops them in reverse order.
public final class LocalInstance implements AutoCloseable {

  private static final Duration ADMISSION_START = Duration.ofSeconds(60);

  private final Parts parts = new Parts();
  private final Map<String, String> addresses = new LinkedHashMap<>();

  private LocalInstance() {}

  public static LocalInstance start(UpConfig config) {
    var instance = new LocalInstance();
    try {
      instance.open(config);
      return instance;
    } catch (RuntimeException e) {
      instance.close();
      throw e;
    }
  }

  private void open(UpConfig config) {
    EmbeddedBroker broker = parts.start("broker", () -> EmbeddedBroker.start(broker(config)));
    String bootstrap = broker.bootstrap();
    addresses.put("bootstrap", bootstrap);
    try (var provisioner = Provisioner.connect(broker.adminProperties())) {
      provisioner.ensure(DesiredTopics.of(config.tenants(), config.modelNames()));
    }
    Principals who = Principals.of(config, broker);
    who.folder()
        .ifPresent(
            folder -> addresses.put("secrets", folder.toAbsolutePath().normalize().toString()));
    Path aeron = aeronFolder(config.data());
    addresses.put("aeronDir", aeron.toString());
    // Before the workers: it brings the media driver that they publish through.
    IndexConfig index =
        IndexConfig.of(bootstrap, aeron)
            .withCorpora(config.data().resolve("corpora"))
            .withSnapshots(
                new SnapshotSettings(config.data().resolve("index"), Duration.ofSeconds(60)))
            .withClient(who.of(ServicePrincipal.INDEX));
    parts.start("index", () -> IndexService.start(index));
    List<Recipe<AutoCloseable>> recipes = new ArrayList<>();
    recipes.add(new Recipe<>("statistics", () -> startStatistics(config, bootstrap, who)));
    config
        .models()
        .forEach(
            model ->
                recipes.add(
                    new Recipe<>(
                        "worker of " + model.getFileName(),
                        () -> WorkerService.start(worker(config, bootstrap, model, aeron, who)))));
    recipes.add(new Recipe<>("gateway", () -> startGateway(config, bootstrap, aeron, who)));
    // Last, so that it is closed first and the workers drain what it admitted.
    recipes.add(new Recipe<>("admission", () -> startAdmission(bootstrap, who)));
    for (AutoCloseable part : parts.startTogether(recipes)) {
      if (part instanceof StatisticsService statistics) {
        addresses.put("statisticsApi", statistics.apiAddress());
      }
      if (part instanceof GatewayService gateway) {
        addresses.put("gateway", gateway.address().toString());
      }
    }
    parts.start(
        "running.json", () -> RunningFile.write(config.data(), addresses, config.modelNames()));
  }

  private static BrokerConfig broker(UpConfig config) {
    return new BrokerConfig(
        config.brokerData(), config.port(), BrokerConfig.REMEMBERED, config.isSecure());
  }

  private static StatisticsService startStatistics(
      UpConfig config, String bootstrap, Principals who) {
    return StatisticsService.start(
        StatisticsConfig.of(bootstrap, config.data().resolve("statistics"))
            .withClient(who.of(ServicePrincipal.STATISTICS)));
  }

  private static WorkerConfig worker(
      UpConfig config, String bootstrap, Path model, Path aeron, Principals who) {
    String name = "up-" + model.getFileName();
    return WorkerConfig.of(bootstrap, model, config.backend(), name)
        .withClient(who.of(ServicePrincipal.WORKER))
        .withLive(new WorkerConfig.LiveStream(aeron.toString(), Optional.empty()));
  }

  private static AdmissionService startAdmission(String bootstrap, Principals who)
      throws InterruptedException {
    AdmissionService admission =
        AdmissionService.start(AdmissionConfig.of(bootstrap, who.of(ServicePrincipal.ADMISSION)));
    if (!admission.awaitReady(ADMISSION_START)) {
      admission.close();
      throw new IllegalStateException("admission was not ready in " + ADMISSION_START);
    }
    return admission;
  }

  private static GatewayService startGateway(
      UpConfig config, String bootstrap, Path aeron, Principals who) {
    Map<String, String> client = who.of(ServicePrincipal.GATEWAY);
    GatewayConfig open =
        GatewayConfig.of(bootstrap, Optional.of(aeron))
            .withTenants(config.tenants())
            .withClient(client);
    GatewayConfig gateway = who.gatewayKeys().map(open::withKeys).orElse(open);
    if (config.httpPort().isPresent()) {
      return startGateway(config, client, gateway.withPort(config.httpPort().getAsInt()));
    }
    try {
      return startGateway(config, client, gateway.withPort(GatewayConfig.PORT));
    } catch (GatewayException e) {
      // Another instance has the usual port: nobody asked for that one.
      return startGateway(config, client, gateway.withPort(0));
    }
  }

  private static GatewayService startGateway(
      UpConfig config, Map<String, String> client, GatewayConfig gateway) {
    Path models = config.models().isEmpty() ? Path.of(".") : config.models().getFirst().getParent();
    return GatewayService.start(
        gateway, new FolderTexts(models), new FolderReplays(gateway.bootstrap(), client, models));
  }

  /// One folder for each data folder: two instances do not meet, and a start after a crash finds
  /// what the crash left and clears it.
  private static Path aeronFolder(Path data) {
    Path shared = IndexStreams.defaultDirectory();
    int which = data.toAbsolutePath().normalize().hashCode();
    return shared.resolveSibling(shared.getFileName() + "-" + Integer.toHexString(which));
  }

  /// What it serves, by name: `bootstrap`, `aeronDir`, `statisticsApi`, `gateway`.
  public Map<String, String> addresses() {
    return Map.copyOf(addresses);
  }

  public String bootstrap() {
    return addresses.get("bootstrap");
  }

  @Override
  public void close() {
    parts.close();
  }
}
