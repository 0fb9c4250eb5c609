package dev.steerage.broker;

import dev.steerage.schemas.topic.Topic;
import java.nio.file.Path;
import java.util.List;
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
  public Integer call() {
    List<Topic<?, ?>> topics = topicOptions.topics();
    try (var provisioner = Provisioner.connect(ClientFile.read(bootstrap, clientProperties))) {
      provisioner.ensure(topics);
    }
    spec.commandLine().getOut().println("topics in place: " + topics.size());
    return 0;
  }
}
