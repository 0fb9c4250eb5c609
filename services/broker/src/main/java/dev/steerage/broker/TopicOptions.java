package dev.steerage.broker;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.topic.Topic;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/// The options that say for whom topics are made.
final class TopicOptions {

  @Option(
      names = "--tenant",
      paramLabel = "NAME",
      defaultValue = "default",
      description = "A tenant whose topics are made; may be repeated. Default: ${DEFAULT-VALUE}.")
  private List<String> tenants;

  @Option(
      names = "--models",
      paramLabel = "FOLDER",
      defaultValue = "${sys:steerage.home:-.}/infra/models",
      description =
          "Folder of model folders; each gets its work topic. Default: the models shipped.")
  private Path models;

  List<Topic<?, ?>> topics() {
    return DesiredTopics.of(
        tenants.stream().map(TenantId::new).toList(), DesiredTopics.modelsIn(models));
  }
}
