package dev.steerage.broker;

import dev.steerage.schemas.topic.Topic;
import java.io.FileReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `steerage provision`: the catalogue's topics on a cluster that somebody else runs.
@Command(
    name = "provision",
    mixinStandardHelpOptions = true,
    description =
        "Makes the topics of tenants and models on a Kafka cluster; twice changes nothing.")
public final class ProvisionCommand implements Callable<Integer> {

  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      required = true,
      description = "The cluster.")
  private String bootstrap;

  @Option(
      names = "--client-properties",
      paramLabel = "FILE",
      description = "Further properties of the Kafka client: security and the like.")
  private Path clientProperties;

  @Mixin private TopicOptions topicOptions = new TopicOptions();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    List<Topic<?, ?>> topics = topicOptions.topics();
    try (var provisioner = Provisioner.connect(client())) {
      provisioner.ensure(topics);
    }
    spec.commandLine().getOut().println("topics in place: " + topics.size());
    return 0;
  }

  private Map<String, String> client() throws IOException {
    var properties = new Properties();
    if (clientProperties != null) {
      try (Reader reader = new FileReader(clientProperties.toFile(), StandardCharsets.UTF_8)) {
        properties.load(reader);
      }
    }
    var client = new HashMap<String, String>();
    properties.stringPropertyNames().forEach(key -> client.put(key, properties.getProperty(key)));
    client.put("bootstrap.servers", bootstrap);
    return client;
  }
}
