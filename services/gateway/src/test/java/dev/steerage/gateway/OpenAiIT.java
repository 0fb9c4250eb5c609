package dev.steerage.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.gateway.Client.Event;
import dev.steerage.gateway.Client.Reply;
import dev.steerage.testkit.TestBroker;
import dev.steerage.testkit.WithBroker;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// Each point in which an OpenAI client relies on the routes under `/v1`.
@WithBroker
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenAiIT {
  private static final String COMPLETIONS = "/v1/completions";
  private static final String CHAT = "/v1/chat/completions";

  private Installation installation;
  private Client client;

  @BeforeAll
  void start(TestBroker broker) throws InterruptedException {
    installation = new Installation(broker);
    client = installation.client();
  }

  @AfterAll
  void stop() {
    installation.close();
  }

  /// A body with these fields beside model, prompt, limit and temperature 0.
  private static String body(String more) {
    return "{\"model\":\"tokfsm\",\"prompt\":\"4891\",\"max_tokens\":6,\"temperature\":0"
        + (more.isEmpty() ? "" : ",")
        + more.replace('\'', '"')
        + "}";
  }

  private Reply complete(String more) {
    Reply reply = client.post(COMPLETIONS, body(more));
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    return reply;
  }

  private String text(String more) {
    return complete(more).json().at("/choices/0/text").asString();
  }

  @Test
  void shouldListModels() {
    assertThat(client.get("/v1/models").json().at("/data/0/id").asString()).isEqualTo("tokfsm");
    assertThat(client.get("/v1/models/none").code()).isEqualTo("model_not_found");
  }

  @Test
  void shouldCompleteWithUsage() {
    JsonNode answer = complete("").json();

    assertThat(answer.at("/choices/0/text").asString()).matches("[0-9]{6}");
    assertThat(answer.at("/choices/0/finish_reason").asString()).isEqualTo("length");
    assertThat(answer.at("/usage/prompt_tokens").asInt()).isEqualTo(5);
    assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(6);
    assertThat(answer.at("/usage/total_tokens").asInt()).isEqualTo(11);
  }

  @Test
  void shouldStreamTheSameTextThenUsageThenDone() {
    List<Event> events =
        client.stream(COMPLETIONS, body("'stream':true,'stream_options':{'include_usage':true}"));

    assertThat(events.getLast().data()).isEqualTo("[DONE]");
    List<Event> chunks = events.subList(0, events.size() - 1);
    JsonNode usage = chunks.getLast().json();
    assertThat(usage.at("/choices").size()).isZero();
    assertThat(usage.at("/usage/total_tokens").asInt()).isEqualTo(11);
    List<JsonNode> others = chunks.subList(0, chunks.size() - 1).stream().map(Event::json).toList();
    assertThat(others).allSatisfy(chunk -> assertThat(chunk.get("usage").isNull()).isTrue());
    assertThat(others.getLast().at("/choices/0/finish_reason").asString()).isEqualTo("length");
    assertThat(
            others.stream()
                .map(chunk -> chunk.at("/choices/0/text").asString())
                .collect(Collectors.joining()))
        .isEqualTo(text(""));
  }

  @Test
  void shouldEchoThePrompt() {
    assertThat(text("'echo':true")).isEqualTo("4891" + text(""));
  }

  @Test
  void shouldGenerateNothingForNoTokens() {
    Reply reply =
        client.post(
            COMPLETIONS,
            "{\"model\":\"tokfsm\",\"prompt\":\"4891\",\"max_tokens\":0,\"echo\":true}");

    assertThat(reply.json().at("/choices/0/text").asString()).isEqualTo("4891");
    assertThat(reply.json().at("/usage/completion_tokens").asInt(-1)).isZero();
  }

  @Test
  void shouldReportLogprobs() {
    JsonNode choice = complete("'logprobs':3").json().at("/choices/0");

    assertThat(choice.at("/logprobs/tokens").size()).isEqualTo(6);
    assertThat(choice.at("/logprobs/token_logprobs").size()).isEqualTo(6);
    assertThat(choice.at("/logprobs/top_logprobs/0").size()).isEqualTo(3);
    assertThat(choice.at("/logprobs/text_offset/5").asInt()).isEqualTo(5);
  }

  @Test
  void shouldScoreAnEchoedPromptAsIfItHadBeenGenerated() {
    JsonNode generated = complete("'logprobs':2").json().at("/choices/0");
    String whole = "4891" + generated.at("/text").asString();
    JsonNode scored =
        complete("'logprobs':2,'echo':true").json().at("/choices/0/logprobs").deepCopy();
    Reply reply =
        client.post(
            COMPLETIONS,
            "{\"model\":\"tokfsm\",\"prompt\":\""
                + whole
                + "\",\"max_tokens\":0,\"echo\":true,\"logprobs\":2}");
    JsonNode choice = reply.json().at("/choices/0");
    JsonNode logprobs = choice.at("/logprobs");

    assertThat(choice.at("/text").asString()).isEqualTo(whole);
    assertThat(logprobs.at("/tokens").size()).isEqualTo(10);
    for (int i = 0; i < 6; i++) {
      assertThat(logprobs.at("/tokens/" + (4 + i)))
          .isEqualTo(generated.at("/logprobs/tokens/" + i));
      assertThat(logprobs.at("/token_logprobs/" + (4 + i)))
          .isEqualTo(generated.at("/logprobs/token_logprobs/" + i));
      assertThat(logprobs.at("/top_logprobs/" + (4 + i)))
          .isEqualTo(generated.at("/logprobs/top_logprobs/" + i));
      assertThat(logprobs.at("/text_offset/" + (4 + i)).asInt()).isEqualTo(4 + i);
    }
    // The model's first token comes before the first digit, so that even that one has a chance.
    assertThat(logprobs.at("/token_logprobs/0").asDouble()).isNegative();
    assertThat(scored).isEqualTo(logprobs);
  }

  @Test
  void shouldRefuseMoreScoresThanARecordHolds() {
    Reply reply =
        client.post(
            COMPLETIONS, body("'echo':true,'logprobs':50").replace("4891", "48".repeat(50)));

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.body()).contains("limit=4096");
  }

  @Test
  void shouldScoreNothingBeforeTheFirstTokenId() {
    Reply reply =
        client.post(
            COMPLETIONS,
            "{\"model\":\"tokfsm\",\"prompt\":[10,4,8],\"max_tokens\":0,\"echo\":true,\"logprobs\":1}");
    JsonNode logprobs = reply.json().at("/choices/0/logprobs");

    assertThat(reply.json().at("/choices/0/text").asString()).isEqualTo("48");
    assertThat(logprobs.at("/token_logprobs").size()).isEqualTo(3);
    assertThat(logprobs.at("/token_logprobs/0").isNull()).isTrue();
    assertThat(logprobs.at("/top_logprobs/0").isNull()).isTrue();
    assertThat(logprobs.at("/token_logprobs/1").asDouble()).isNegative();
  }

  @Test
  void shouldStreamTheScoresOfAnEchoedPromptFirst() {
    List<Event> events = client.stream(COMPLETIONS, body("'stream':true,'echo':true,'logprobs':1"));

    JsonNode first = events.getFirst().json().at("/choices/0");
    assertThat(first.at("/text").asString()).isEqualTo("4891");
    assertThat(first.at("/logprobs/token_logprobs").size()).isEqualTo(4);
    assertThat(events.get(1).json().at("/choices/0/logprobs/text_offset/0").asInt()).isEqualTo(4);
  }

  @Test
  void shouldRunWithoutTheTenantsRulesWhereAsked() {
    client.put(
        "/api/v1/rules/standing", "{\"model\":\"tokfsm\",\"do\":[{\"activate\":[\"L3.mlp:7\"]}]}");
    try {
      String include = "'include':['revisions']";
      String at = "/choices/0/steering/tokens/0/steered";
      assertThat(complete("'steering':{" + include + "}").json().at(at).asBoolean()).isTrue();
      assertThat(
              complete("'steering':{'standing_rules':false," + include + "}")
                  .json()
                  .at(at)
                  .asBoolean(true))
          .isFalse();
    } finally {
      client.delete("/api/v1/rules/standing");
    }
  }

  @Test
  void shouldGiveChoicesOfOneSeedAgain() {
    String hot = body("'n':3,'seed':5").replace("\"temperature\":0", "\"temperature\":1");
    JsonNode first = client.post(COMPLETIONS, hot).json();
    JsonNode second = client.post(COMPLETIONS, hot).json();

    assertThat(first.at("/choices").size()).isEqualTo(3);
    assertThat(first.at("/choices")).isEqualTo(second.at("/choices"));
    assertThat(first.at("/choices/0/text")).isNotEqualTo(first.at("/choices/1/text"));
    assertThat(first.at("/usage/prompt_tokens").asInt()).isEqualTo(5);
    assertThat(first.at("/usage/completion_tokens").asInt()).isEqualTo(18);
  }

  @Test
  void shouldCompleteSeveralPrompts() {
    Reply reply =
        client.post(
            COMPLETIONS, "{\"model\":\"tokfsm\",\"prompt\":[\"4891\",\"12\"],\"max_tokens\":2}");

    assertThat(reply.json().at("/choices").size()).isEqualTo(2);
    assertThat(reply.json().at("/choices/1/index").asInt()).isEqualTo(1);
  }

  @Test
  void shouldCompleteTokenIds() {
    String ids =
        "{\"model\":\"tokfsm\",\"prompt\":[10,4,8,9,1],\"max_tokens\":6,\"temperature\":0}";

    assertThat(client.post(COMPLETIONS, ids).json().at("/choices/0/text").asString())
        .isEqualTo(text(""));
  }

  @Test
  void shouldEndBeforeAStopText() {
    String whole = text("");
    String stop = whole.substring(2, 4);
    JsonNode choice = complete("'stop':['" + stop + "','zz']").json().at("/choices/0");

    assertThat(choice.at("/text").asString()).isEqualTo(whole.substring(0, whole.indexOf(stop)));
    assertThat(choice.at("/finish_reason").asString()).isEqualTo("stop");
  }

  @Test
  void shouldChat() {
    String chat =
        "{\"model\":\"tokfsm\",\"messages\":[{\"role\":\"user\",\"content\":\"4891\"}],"
            + "\"max_tokens\":6,\"temperature\":0,\"logprobs\":true,\"top_logprobs\":2}";
    JsonNode answer = client.post(CHAT, chat).json();

    // One message of a user is its content as it is.
    assertThat(answer.at("/choices/0/message/content").asString()).isEqualTo(text(""));
    assertThat(answer.at("/choices/0/logprobs/content/0/top_logprobs").size()).isEqualTo(2);
  }

  @Test
  void shouldStreamAChatThatBeginsWithTheRole() {
    List<Event> events =
        client.stream(
            CHAT,
            "{\"model\":\"tokfsm\",\"messages\":[{\"role\":\"user\",\"content\":\"4891\"}],"
                + "\"max_tokens\":3,\"stream\":true}");

    assertThat(events.getFirst().json().at("/choices/0/delta/role").asString())
        .isEqualTo("assistant");
    assertThat(events.getFirst().json().at("/object").asString())
        .isEqualTo("chat.completion.chunk");
    assertThat(events.getLast().data()).isEqualTo("[DONE]");
  }

  @Test
  void shouldSteerAndReportRevisionsAndCodes() {
    JsonNode answer =
        complete(
                "'steering':{'rules':[{'rule':'r','do':[{'activate':['L1.mlp:7']}]}],"
                    + "'include':['revisions','codes'],'sites':['L1.mlp']}")
            .json();

    JsonNode tokens = answer.at("/choices/0/steering/tokens");
    assertThat(tokens.size()).isEqualTo(6);
    assertThat(tokens)
        .allSatisfy(
            token -> {
              assertThat(token.get("steered").asBoolean()).isTrue();
              assertThat(token.get("revision").isIntegralNumber()).isTrue();
              assertThat(token.at("/codes/L1.mlp").size()).isEqualTo(1);
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'presence_penalty':0,'user':'u','suffix':null,'logit_bias':{} | 200 |",
        "'presence_penalty':0.5        | 400 | unsupported_parameter",
        "'logit_bias':{'5':1}          | 400 | unsupported_parameter",
        "'best_of':2                   | 400 | unsupported_parameter",
        "'echo':true,'logprobs':51     | 400 | invalid_value",
        "'max_tokns':3                 | 400 | unknown_parameter",
        "'temperature':3               | 400 | invalid_value",
        "'n':0                         | 400 | invalid_value",
        "'n':17                        | 400 | invalid_value",
        "'stop':['']                   | 400 | invalid_value",
        "'steering':{'rules':[{'rule':'r','do':[{'ban':['L9.mlp:1']}]}]} | 422 | unknown-site",
        "'steering':{'rules':[{'rule':'r'}]}  | 400 | malformed",
        "'steering':{'min_revision':999999,'fence_timeout_ms':1} | 409 | fence-timeout",
      })
  void shouldTreatParametersByOnePolicy(String more, int status, String code) {
    String body = body(more.strip());
    if (more.contains("'temperature'")) {
      body = body.replace("\"temperature\":0,", "");
    }
    Reply reply = client.post(COMPLETIONS, body);

    assertThat(reply.status()).as(reply.body()).isEqualTo(status);
    if (code != null) {
      assertThat(reply.code()).isEqualTo(code);
    }
  }

  @Test
  void shouldRefuseAnUnknownModelAndTooLongAPrompt() {
    assertThat(client.post(COMPLETIONS, "{\"model\":\"none\",\"prompt\":\"1\"}").status())
        .isEqualTo(404);
    Reply long400 = client.post(COMPLETIONS, body("").replace("4891", "48".repeat(400)));
    assertThat(long400.status()).isEqualTo(400);
    assertThat(long400.code()).isEqualTo("context_length_exceeded");
  }

  @Test
  void shouldSayARefusalWithItsStatusAlsoWhenStreaming() {
    Reply reply =
        client.post(
            COMPLETIONS,
            body("'stream':true,'steering':{'min_revision':999999,'fence_timeout_ms':1}"));

    assertThat(reply.status()).isEqualTo(409);
  }
}
