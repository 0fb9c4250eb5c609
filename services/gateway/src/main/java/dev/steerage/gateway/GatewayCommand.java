package dev.steerage.gateway;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.gateway.model.ModelTexts;
import dev.steerage.gateway.model.Replays;
import dev.steerage.schemas.aeron.IndexStreams;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `steerage gateway`: the HTTP side as a process of its own.
@Command(
    name = "gateway",
    mixinStandardHelpOptions = true,
    subcommands = KeyCommand.class,
    description = "Serves HTTP: the console, OpenAI's routes, and Steerage's own.",
    footer = "The contract is served at /openapi.yaml. Ctrl-C stops it.")
public final class GatewayCommand implements Callable<Integer> {
  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      description = "Address of the Kafka cluster. Default: that of the running 'steerage up'.")
  private String bootstrap;

  @Option(
      names = "--client-properties",
      paramLabel = "FILE",
      description = "Further properties of all Kafka clients.")
  private Path clientProperties;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = GatewayConfig.LOOPBACK,
      description =
          "Address to listen at; another than loopback needs --keys. Default: ${DEFAULT-VALUE}.")
  private String host;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "" + GatewayConfig.PORT,
      description = "Port to listen at; 0: a free one. Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--tenant",
      paramLabel = "NAME",
      defaultValue = "default",
      description =
          "A tenant that callers without keys may choose; may be repeated. Default:"
              + " ${DEFAULT-VALUE}.")
  private List<String> tenants;

  @Option(
      names = "--keys",
      paramLabel = "FILE",
      description = "File of API keys; each request must carry one. See 'steerage gateway key'.")
  private Path keys;

  @Option(
      names = "--aeron-dir",
      paramLabel = "FOLDER",
      description =
          "Media driver that leads to the code index. Default: the shared one of this user.")
  private Path aeronDirectory;

  @Option(
      names = "--index-channel",
      paramLabel = "CHANNEL",
      defaultValue = IndexStreams.DEFAULT_CHANNEL,
      description = "Aeron channel of the code index. Default: ${DEFAULT-VALUE}.")
  private String indexChannel;

  @Option(
      names = "--console",
      paramLabel = "FOLDER",
      description = "Serve the pages of this folder instead of those that come along.")
  private Path console;

  @Option(
      names = "--models",
      paramLabel = "FOLDER",
      defaultValue = "${sys:steerage.home:-.}/infra/models",
      description =
          "Folder of model folders, for token texts and replays. Default: the models shipped.")
  private Path models;

  @Spec private CommandSpec spec;

  private final ModelsAtHand atHand;

  /// What a folder of model folders gives.
  public interface ModelsAtHand {
    /// Texts of the models in it.
    ModelTexts texts(Path models);

    /// Replays of completions of the models in it.
    Replays replays(String bootstrap, Map<String, String> client, Path models);
  }

  /// @param atHand reads model folders
  public GatewayCommand(ModelsAtHand atHand) {
    this.atHand = atHand;
  }

  private Map<String, String> client() {
    var properties = new Properties();
    if (clientProperties != null) {
      try (Reader reader = Files.newBufferedReader(clientProperties)) {
        properties.load(reader);
      } catch (IOException e) {
        throw new GatewayException("client properties cannot be read: file=" + clientProperties, e);
      }
    }
    Map<String, String> client = new HashMap<>();
    properties.stringPropertyNames().forEach(key -> client.put(key, properties.getProperty(key)));
    return client;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (bootstrap == null) {
      throw new GatewayException("no instance runs here; give --bootstrap HOST:PORT");
    }
    Map<String, String> client = client();
    var config =
        new GatewayConfig(
            bootstrap,
            Map.copyOf(client),
            host,
            port,
            tenants.stream().map(TenantId::new).toList(),
            Optional.ofNullable(keys),
            Optional.of(aeronDirectory == null ? IndexStreams.defaultDirectory() : aeronDirectory),
            indexChannel,
            Optional.ofNullable(console),
            GatewayLimits.DEFAULT);
    var stop = new CountDownLatch(1);
    var stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("gateway-stop")
                .unstarted(
                    () -> {
                      stop.countDown();
                      awaitQuietly(stopped);
                    }));
    try (var service =
        GatewayService.start(
            config, atHand.texts(models), atHand.replays(bootstrap, client, models))) {
      spec.commandLine().getOut().println("ready: gateway=" + service.address());
      spec.commandLine().getOut().flush();
      stop.await();
    } finally {
      stopped.countDown();
    }
    return 0;
  }

  private static void awaitQuietly(CountDownLatch stopped) {
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
