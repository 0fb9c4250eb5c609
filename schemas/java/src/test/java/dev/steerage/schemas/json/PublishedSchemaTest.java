package dev.steerage.schemas.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.schemas.codec.Codec;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PublishedSchemaTest {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private static Decoded<?> decode(Codec<?> codec, String json) {
    return codec.decode(json.getBytes(StandardCharsets.UTF_8));
  }

  private static Refusal refusal(Codec<?> codec, String json) {
    return decode(codec, json) instanceof Decoded.Bad<?>(Refusal refusal, String _)
        ? refusal
        : null;
  }

  @ParameterizedTest
  @EnumSource(PublishedSchema.class)
  void shouldAcceptItsOwnExamples(PublishedSchema schema) {
    JsonNode examples = MAPPER.readTree(schema.text()).get("examples");
    assertThat(examples).isNotEmpty();
    examples.forEach(example -> assertThat(schema.apply(example)).as("%s", example).isEmpty());
  }

  @ParameterizedTest
  @EnumSource(PublishedSchema.class)
  void shouldDescribeEveryField(PublishedSchema schema) {
    describeAll(MAPPER.readTree(schema.text()), schema.name());
  }

  private static void describeAll(JsonNode node, String path) {
    JsonNode properties = node.get("properties");
    if (properties != null && !path.contains("/if")) {
      for (var field : properties.properties()) {
        JsonNode value = field.getValue();
        assertThat(value.has("description") || value.has("$ref") || value.has("const"))
            .as(path + "/" + field.getKey())
            .isTrue();
      }
    }
    for (var child : node.properties()) {
      describeAll(child.getValue(), path + "/" + child.getKey());
    }
    if (node.isArray()) {
      node.forEach(element -> describeAll(element, path));
    }
  }

  static Stream<String> badPrompts() {
    return Stream.of(
        "MALFORMED|{",
        "MALFORMED|[]",
        "MALFORMED|",
        "MALFORMED|{'model':'m'}",
        "MALFORMED|{'model':'m','text':'a','tokens':[1]}",
        "MALFORMED|{'model':'m','text':'a','foo':1}",
        "MALFORMED|{'model':'m','text':'a','model':'n'}",
        "MALFORMED|{'model':'m','text':'a'} x",
        "MALFORMED|{'model':'m','text':NaN}",
        "MALFORMED|{'model':'m','text':'\\ud800'}",
        "MALFORMED|{'model':'m m','text':'a'}",
        "MALFORMED|{'model':'m','text':'a','maxTokens':'3'}",
        "MALFORMED|{'model':'m','text':'a','fenceTimeoutMs':3}",
        "MALFORMED|{'model':'m','text':'a','pace':Infinity}",
        "BAD_NUMBER|{'model':'m','text':'a','pace':1e999}",
        "BAD_NUMBER|{'model':'m','text':'a','pace':0}",
        "BAD_NUMBER|{'model':'m','text':'a','maxTokens':0}",
        "BAD_NUMBER|{'model':'m','text':'a','topLogprobs':51}",
        "BAD_NUMBER|{'model':'m','tokens':[-1]}",
        "BAD_NUMBER|{'model':'m','text':'a','sampling':{'seed':9223372036854775808}}",
        "OVER_LIMIT|{'model':'m','text':'a','stop':[" + "'a',".repeat(16) + "'a']}",
        "OVER_LIMIT|{'model':'m','text':'" + "a".repeat(200_001) + "'}",
        "OVER_LIMIT|{'model':'m','text':'" + "a".repeat(300_000) + "'}",
        "OVER_LIMIT|" + "{'a':".repeat(40) + "1" + "}".repeat(40),
        "OVER_LIMIT|{'model':'m','text':'a','pace':" + "1".repeat(50) + "}",
        "UNKNOWN_VERSION|{'version':2,'model':'m','text':'a','later':true}",
        "UNKNOWN_VERSION|{'version':'1','model':'m','text':'a'}");
  }

  @ParameterizedTest
  @MethodSource("badPrompts")
  void shouldRefuseABadPrompt(String line) {
    String json = line.substring(line.indexOf('|') + 1).replace('\'', '"');
    assertThat(refusal(Topics.PROMPTS.value(), json))
        .isEqualTo(Refusal.valueOf(line.substring(0, line.indexOf('|'))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "MALFORMED|{'rule':'a','model':'m','do':[{'ban':['L0.mlp:1']}]}",
        "MALFORMED|{'rule':'a','model':'m','do':[{'explode':['L0.mlp:1']}],'author':'x'}",
        "MALFORMED|{'rule':'a','model':'m','do':[{'ban':['L0.mlp']}],'author':'x'}",
        "MALFORMED|{'rule':'a','remove':'b','author':'x'}",
        "MALFORMED|{'author':'x'}",
        "BAD_NUMBER|{'rule':'a','model':'m','priority':9999999,'do':[{'ban':['L0.mlp:1']}],'author':'x'}",
        "BAD_NUMBER|{'rule':'a','model':'m','match':{'percent':101},'do':[{'ban':['L0.mlp:1']}],'author':'x'}",
        "MALFORMED|{'rule':'a','model':'m','match':{'percent':NaN},'do':[{'ban':['L0.mlp:1']}],'author':'x'}",
        "MALFORMED|{'remove':'a'}",
      })
  void shouldRefuseABadRule(Refusal refusal, String json) {
    assertThat(refusal(Topics.RULES.value(), json.replace('\'', '"'))).isEqualTo(refusal);
  }

  @Test
  void shouldRefuseACommandWithoutWhatItsKindNeeds() {
    assertThat(refusal(Topics.COMMANDS.value(), "{\"request\":\"r\",\"kind\":\"steer\"}"))
        .isEqualTo(Refusal.MALFORMED);
    assertThat(refusal(Topics.COMMANDS.value(), "{\"request\":\"r\",\"kind\":\"explode\"}"))
        .isEqualTo(Refusal.MALFORMED);
    assertThat(
            refusal(
                Topics.COMMANDS.value(),
                "{\"request\":\"r\",\"kind\":\"cancel\",\"deadlineMs\":3}"))
        .isEqualTo(Refusal.MALFORMED);
    assertThat(refusal(Topics.COMMANDS.value(), "{\"request\":\"r\",\"kind\":\"cancel\"}"))
        .isNull();
  }

  @Test
  void shouldRefuseWhatIsNoUtf8() {
    byte[] bytes = "{\"model\":\"m\",\"text\":\"ä\"}".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(Topics.PROMPTS.value().decode(bytes)).isInstanceOf(Decoded.Bad.class);
  }

  @Test
  void shouldNeverThrowOnRandomBytes() {
    Random random = new Random(7);
    byte[] good =
        "{\"model\":\"m\",\"text\":\"a\",\"rules\":[{\"rule\":\"a\",\"do\":[{\"ban\":[\"L0.mlp:1\"]}]}]}"
            .getBytes(StandardCharsets.UTF_8);
    int good2 = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = good.clone();
      for (int j = 0; j < 1 + random.nextInt(3); j++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      good2 += Topics.PROMPTS.value().decode(bytes) instanceof Decoded.Ok<?> ? 1 : 0;
      Topics.RULES.value().decode(bytes);
      Topics.COMPLETIONS.value().decode(bytes);
    }
    assertThat(good2).isBetween(1, 19_999);
  }
}
