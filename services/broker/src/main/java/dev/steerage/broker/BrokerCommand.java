package dev.steerage.broker;

import dev.steerage.broker.process.StopSignal;
import dev.steerage.schemas.topic.Topic;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `steerage broker`: a Kafka broker as a process of its own, with the catalogue's topics.
@Command(
    name = "broker",
    mixinStandardHelpOptions = true,
    description = "Runs a Kafka broker on this machine, with the topics of its tenants.",
    footer = "Its data survives a restart, and so does its address. Ctrl-C stops it.")
public final class BrokerCommand implements Callable<Integer> {

  private static final Duration GRACE = Duration.ofSeconds(30);

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      defaultValue = "${env:STEERAGE_DATA:-.steerage}",
      description = "Where the records are kept. Default: $STEERAGE_DATA, else .steerage.")
  private Path data;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "Port for Kafka clients. Default: the one of the last start, else a free one.")
  private int port;

  @Option(
      names = "--secure",
      description =
          "Clients need passwords, and may do what ACLs allow. The administrator's client"
              + " properties are in broker/secrets of the data folder.")
  private boolean isSecure;

  @Mixin private TopicOptions topicOptions = new TopicOptions();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    List<Topic<?, ?>> topics = topicOptions.topics();
    try (var stop = StopSignal.install(GRACE);
        var broker =
            EmbeddedBroker.start(
                new BrokerConfig(
                    data.resolve("broker"), port, BrokerConfig.REMEMBERED, isSecure))) {
      try (var provisioner = Provisioner.connect(broker.adminProperties())) {
        provisioner.ensure(topics);
      }
      PrintWriter out = spec.commandLine().getOut();
      out.println(
          "ready: broker=" + broker.bootstrap() + " topics=" + topics.size() + " data=" + data);
      out.flush();
      stop.await();
    }
    return 0;
  }
}
