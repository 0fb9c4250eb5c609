package dev.steerage.schemas.topic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.schemas.json.PublishedSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Compares `asyncapi.yaml` with the catalogue.
class AsyncApiTest {
  private static final Path SCHEMAS = Path.of("..");
  private final JsonNode document;

  AsyncApiTest() throws IOException {
    document = new YAMLMapper().readTree(Files.readString(SCHEMAS.resolve("asyncapi.yaml")));
  }

  private Map<String, JsonNode> channels() {
    Map<String, JsonNode> channels = new TreeMap<>();
    for (var channel : document.get("channels").properties()) {
      channels.put(channel.getValue().get("address").stringValue(), channel.getValue());
    }
    return channels;
  }

  /// Every topic of the catalogue by its address.
  private static Map<String, TopicSettings> catalogue() {
    Map<String, TopicSettings> topics = new TreeMap<>();
    Topics.ofTenant()
        .forEach(topic -> topics.put("steerage.{tenant}." + topic.suffix(), topic.settings()));
    Topics.platform().forEach(topic -> topics.put(topic.name(), topic.settings()));
    topics.put("steerage-internal.work.{model}", Topics.work("m").settings());
    topics.put("steerage-internal.sessions.{model}", Topics.sessions("m").settings());
    return topics;
  }

  private static Set<String> roles(Set<TopicSettings.Role> roles) {
    return roles.stream()
        .map(role -> role.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> words(JsonNode list) {
    Set<String> words = new TreeSet<>();
    list.forEach(word -> words.add(word.stringValue()));
    return words;
  }

  @Test
  void shouldBeOfVersionThree() {
    assertThat(document.get("asyncapi").stringValue()).isEqualTo("3.0.0");
  }

  @Test
  void shouldDescribeEveryTopicAndNoOther() {
    assertThat(channels().keySet()).isEqualTo(catalogue().keySet());
  }

  @Test
  void shouldNameTheRolesOfTheCatalogue() {
    catalogue()
        .forEach(
            (address, settings) -> {
              JsonNode channel = channels().get(address);
              assertThat(words(channel.get("x-writers")))
                  .as("writers of %s", address)
                  .isEqualTo(roles(settings.writers()));
              assertThat(words(channel.get("x-readers")))
                  .as("readers of %s", address)
                  .isEqualTo(roles(settings.readers()));
            });
  }

  @Test
  void shouldResolveEveryReference() {
    references(document)
        .forEach(
            reference -> {
              if (reference.startsWith("#")) {
                assertThat(document.at(reference.substring(1)).isMissingNode())
                    .as(reference)
                    .isFalse();
              } else {
                assertThat(SCHEMAS.resolve(reference)).exists();
              }
            });
  }

  @Test
  void shouldReferToEveryPublishedSchema() throws IOException {
    Set<String> referred =
        references(document)
            .filter(reference -> !reference.startsWith("#"))
            .collect(Collectors.toCollection(TreeSet::new));
    try (Stream<Path> files = Files.list(SCHEMAS.resolve("kafka"))) {
      Set<String> published =
          files
              .map(file -> "kafka/" + file.getFileName())
              .filter(name -> name.endsWith(".schema.json"))
              .collect(Collectors.toCollection(TreeSet::new));
      assertThat(referred).isEqualTo(published).hasSize(PublishedSchema.values().length);
    }
  }

  @Test
  void shouldLetEveryRoleDoWhatItsChannelSays() {
    Map<String, Set<String>> actions = new TreeMap<>();
    for (var operation : document.get("operations").properties()) {
      String channel = operation.getValue().get("channel").get("$ref").stringValue();
      actions
          .computeIfAbsent(channel, _ -> new TreeSet<>())
          .add(operation.getValue().get("action").stringValue());
    }
    assertThat(actions).hasSameSizeAs(document.get("channels"));
    assertThat(actions.values()).allMatch(set -> set.equals(Set.of("receive", "send")));
  }

  private static Stream<String> references(JsonNode node) {
    Stream<String> own =
        node.has("$ref") ? Stream.of(node.get("$ref").stringValue()) : Stream.empty();
    return Stream.concat(own, node.valueStream().flatMap(AsyncApiTest::references));
  }
}
