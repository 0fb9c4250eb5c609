package dev.steerage.admission;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `steerage admission`: checks prompts as a process of its own.
@Command(
    name = "admission",
    mixinStandardHelpOptions = true,
    description = "Checks tenants' prompts and hands them to the workers.",
    footer = "Ctrl-C finishes what was read and ends.")
public final class AdmissionCommand implements Callable<Integer> {
  private static final Duration START = Duration.ofSeconds(60);

  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      required = true,
      description = "The Kafka cluster.")
  private String bootstrap;

  @Option(
      names = "--client-properties",
      paramLabel = "FILE",
      description = "Further properties of the Kafka clients: security and the like.")
  private Path clientProperties;

  @Option(
      names = "--instance",
      paramLabel = "NAME",
      defaultValue = "admission-1",
      description = "Name of this process; each needs its own. Default: ${DEFAULT-VALUE}.")
  private String instance;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    AdmissionConfig config = AdmissionConfig.of(bootstrap, client()).withInstance(instance);
    CountDownLatch asked = new CountDownLatch(1);
    AdmissionService service = AdmissionService.start(config);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  asked.countDown();
                  service.close();
                },
                "admission-stop"));
    if (!service.awaitReady(START)) {
      service.close();
      spec.commandLine().getErr().println("no broker answered: bootstrap=" + bootstrap);
      return 1;
    }
    spec.commandLine().getOut().println("ready: admission=" + instance + " broker=" + bootstrap);
    spec.commandLine().getOut().flush();
    asked.await();
    return 0;
  }

  private Map<String, String> client() throws IOException {
    Properties properties = new Properties();
    if (clientProperties != null) {
      try (Reader reader = Files.newBufferedReader(clientProperties, StandardCharsets.UTF_8)) {
        properties.load(reader);
      }
    }
    Map<String, String> client = new HashMap<>();
    properties.stringPropertyNames().forEach(key -> client.put(key, properties.getProperty(key)));
    return client;
  }
}
