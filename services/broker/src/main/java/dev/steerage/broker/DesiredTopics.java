package dev.steerage.broker;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.topic.Topic;
import dev.steerage.schemas.topic.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/// The topics that a set of tenants and models needs.
public final class DesiredTopics {

  private DesiredTopics() {}

  public static List<Topic<?, ?>> of(Collection<TenantId> tenants, Collection<String> models) {
    List<Topic<?, ?>> topics = new ArrayList<>(Topics.platform());
    models.forEach(model -> topics.addAll(Topics.ofModel(model)));
    tenants.forEach(tenant -> Topics.ofTenant().forEach(topic -> topics.add(topic.of(tenant))));
    return topics;
  }

  /// The models of a folder, by name: each is a folder with a `config.json`.
  public static List<String> modelsIn(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(folder)) {
      return children
          .filter(child -> Files.exists(child.resolve("config.json")))
          .map(child -> child.getFileName().toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("model folder cannot be read: folder=" + folder, e);
    }
  }
}
