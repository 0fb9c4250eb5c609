package dev.steerage.admission.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.ModelCard;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.schemas.message.TenantQuota;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptGateTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final ModelCard CARD =
      new ModelCard(
          "m",
          "00",
          "reference",
          12,
          16,
          4,
          10,
          "characters",
          List.of(new ModelCard.SiteCard("L0.mlp", 20, 1, 4)),
          List.of());

  private TenantQuota quota = TenantQuota.none("acme");
  private final SeenIds seen = new SeenIds(100, Duration.ofDays(7));
  private final PromptGate gate =
      new PromptGate(
          seen,
          model -> model.equals("m") ? Optional.of(CARD) : Optional.empty(),
          _ -> quota,
          () -> 5_000);
  private long offset;

  private Arrival arrival(String key, String json) {
    return new Arrival(ACME, 3, offset++, bytes(key), bytes(json.replace('\'', '"')), 1_000);
  }

  private static byte[] bytes(String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  private Outcome decide(String key, String json) {
    return gate.decide(arrival(key, json));
  }

  private static String request(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Admitted admitted -> admitted.work().request();
      case Outcome.Refused refused ->
          refused.answer().map(Completion.Finished::request).orElse("nobody");
      case Outcome.Expired expired -> expired.answer().request();
      case Outcome.Repeated repeated -> repeated.answer().request();
    };
  }

  @Test
  void shouldAdmitAPromptWithDefaults() {
    Outcome outcome = decide(null, "{'model':'m','text':'12'}");
    assertThat(outcome).isInstanceOf(Outcome.Admitted.class);
    var admitted = (Outcome.Admitted) outcome;
    assertThat(admitted.key()).isEqualTo("acme/3-0");
    assertThat(admitted.work().tenant()).isEqualTo("acme");
    assertThat(admitted.work().sourcePartition()).isEqualTo(3);
    assertThat(admitted.work().admittedMs()).isEqualTo(1_000);
  }

  @Test
  void shouldTakeTheIdFromTheRecordThenTheKeyThenThePlace() {
    assertThat(request(decide("k", "{'model':'m','text':'1','request':'r'}"))).isEqualTo("r");
    assertThat(request(decide("k", "{'model':'m','text':'1'}"))).isEqualTo("k");
    assertThat(request(decide("s", "{'model':'m','text':'1','session':'s'}"))).isEqualTo("3-2");
    assertThat(request(decide(null, "{'model':'m','text':'1'}"))).isEqualTo("3-3");
  }

  @Test
  void shouldKeepTurnsOfASessionInOrder() {
    var admitted =
        (Outcome.Admitted) decide("k", "{'model':'m','text':'1','request':'r','session':'s'}");
    assertThat(admitted.key()).isEqualTo("acme/s");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "UNKNOWN_MODEL|{'model':'x','text':'1'}",
        "BAD_TOKEN|{'model':'m','tokens':[12]}",
        "OVER_LIMIT|{'model':'m','text':'1','maxTokens':16}",
        "OVER_LIMIT|{'model':'m','tokens':[1,2,3],'maxTokens':14}",
        "OVER_LIMIT|{'model':'m','tokens':[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}",
        "UNKNOWN_SITE|{'model':'m','text':'1','capture':{'sites':['L9.mlp']}}",
        "UNKNOWN_SITE|{'model':'m','text':'1','capture':{'sites':['L0.foo']}}",
        "UNKNOWN_CODE|{'model':'m','text':'1','rules':[{'rule':'a','do':[{'ban':['L0.mlp:20']}]}]}",
        "UNKNOWN_MODEL|{'model':'m','text':'1','rules':[{'rule':'a','model':'x','do':[{'ban':['L0.mlp:2']}]}]}",
        "BAD_NAME|{'model':'m','text':'1','rules':[{'rule':'a','do':[{'ban':['L0.mlp:2']}]},{'rule':'a','do':[{'ban':['L0.mlp:2']}]}]}",
        "TOO_MANY_ACTIVATIONS|{'model':'m','text':'1','rules':[{'rule':'a','do':[{'activate':['L0.mlp:2','L0.mlp:3']}]}]}",
        "MALFORMED|{",
        "MALFORMED|{'model':'m'}",
        "UNKNOWN_VERSION|{'version':9,'model':'m','text':'1'}",
      })
  void shouldRefuseUnderTheCallersKey(Refusal reason, String json) {
    Outcome outcome = decide("k", json);
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    var refused = (Outcome.Refused) outcome;
    assertThat(refused.reason()).isEqualTo(reason);
    assertThat(refused.answer()).isPresent();
    assertThat(refused.answer().get().request()).isEqualTo("k");
    assertThat(refused.answer().get().refusal()).contains(reason);
  }

  @Test
  void shouldAdmitInlineRulesThatNameConceptsOfTheLog() {
    assertThat(
            decide(
                "k",
                "{'model':'m','text':'1','rules':[{'rule':'a','do':[{'ban':{'concept':'fire'}}]}]}"))
        .isInstanceOf(Outcome.Admitted.class);
  }

  @Test
  void shouldAnswerABrokenPromptUnderTheIdInside() {
    assertThat(request(decide("s", "{'model':'m','session':'s','request':'r'}"))).isEqualTo("r");
  }

  @Test
  void shouldAnswerNobodyWithoutAKey() {
    assertThat(request(decide(null, "{"))).isEqualTo("nobody");
    assertThat(request(decide("  ", "{"))).isEqualTo("nobody");
    Arrival noise = new Arrival(ACME, 0, 1, new byte[] {(byte) 0xFF, 0}, new byte[] {1, 2}, 0);
    assertThat(request(gate.decide(noise))).isEqualTo("nobody");
    Arrival empty = new Arrival(ACME, 0, 2, null, null, 0);
    assertThat(request(gate.decide(empty))).isEqualTo("nobody");
  }

  @Test
  void shouldRefuseAKeyThatCannotBeAnId() {
    Arrival noise =
        new Arrival(
            ACME, 0, 1, new byte[] {(byte) 0xFF}, bytes("{\"model\":\"m\",\"text\":\"1\"}"), 0);
    assertThat(gate.decide(noise))
        .isEqualTo(
            Outcome.Refused.unanswered(
                Refusal.BAD_NAME, "the key is no text of 1 to 200 characters"));
  }

  @Test
  void shouldNameTheOriginalOfARepetition() {
    decide("k", "{'model':'m','text':'1'}");
    assertThat(decide("k", "{ 'text' : '1', 'model':'m' }"))
        .isEqualTo(new Outcome.Repeated(new Completion.Duplicate("k", 3, 0)));
  }

  @Test
  void shouldCallAnotherBodyUnderTheSameIdAConflict() {
    decide("k", "{'model':'m','text':'1'}");
    Outcome outcome = decide("k", "{'model':'m','text':'2'}");
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(((Outcome.Refused) outcome).reason()).isEqualTo(Refusal.ID_CONFLICT);
    assertThat(((Outcome.Refused) outcome).answer()).isEmpty();
  }

  @Test
  void shouldDecideTheSameRecordTheSameWayAgain() {
    Arrival arrival = arrival("k", "{'model':'m','text':'1'}");
    assertThat(gate.decide(arrival)).isEqualTo(gate.decide(arrival));
  }

  @Test
  void shouldRecogniseWhatWasDecidedBeforeItStarted() {
    gate.remember(arrival("k", "{'model':'m','text':'1'}"));
    gate.remember(arrival("k", "{"));
    assertThat(decide("k", "{'model':'m','text':'1'}"))
        .isEqualTo(new Outcome.Repeated(new Completion.Duplicate("k", 3, 0)));
  }

  @Test
  void shouldKeepTenantsApart() {
    decide("k", "{'model':'m','text':'1'}");
    Arrival other =
        new Arrival(
            new TenantId("beta"), 3, 0, bytes("k"), bytes("{\"model\":\"m\",\"text\":\"2\"}"), 0);
    assertThat(gate.decide(other)).isInstanceOf(Outcome.Admitted.class);
  }

  @Test
  void shouldForgetTheOldestIdsFirst() {
    for (int i = 0; i < 150; i++) {
      decide("k" + i, "{'model':'m','text':'1'}");
    }
    assertThat(seen.size()).isEqualTo(100);
    assertThat(seen.forgotten()).isEqualTo(50);
    assertThat(decide("k49", "{'model':'m','text':'1'}")).isInstanceOf(Outcome.Admitted.class);
    assertThat(decide("k51", "{'model':'m','text':'1'}")).isInstanceOf(Outcome.Repeated.class);
  }

  @Test
  void shouldForgetIdsAfterTheRetention() {
    byte[] body = bytes("{\"model\":\"m\",\"text\":\"1\"}");
    long week = Duration.ofDays(7).toMillis();
    gate.decide(new Arrival(ACME, 0, 0, bytes("k"), body, 0));
    assertThat(gate.decide(new Arrival(ACME, 0, 1, bytes("k"), body, week)))
        .isInstanceOf(Outcome.Repeated.class);
    assertThat(gate.decide(new Arrival(ACME, 0, 2, bytes("k"), body, week + 1)))
        .isInstanceOf(Outcome.Admitted.class);
    assertThat(seen.size()).isOne();
  }

  @Test
  void shouldDecideAnythingThatAnybodySends() {
    long seed = 11;
    Random random = new Random(seed);
    byte[] good = bytes("{\"model\":\"m\",\"text\":\"1\",\"request\":\"r\",\"maxTokens\":3}");
    for (int i = 0; i < 20_000; i++) {
      byte[] value = good.clone();
      value[random.nextInt(value.length)] = (byte) random.nextInt();
      byte[] key = new byte[random.nextInt(4)];
      random.nextBytes(key);
      assertThat(gate.decide(new Arrival(ACME, 0, i, key, value, 0)))
          .as("seed %d", seed)
          .isNotNull();
    }
  }

  @Test
  void shouldSayExpiredWhenADeadlinePassedInTheTopic() {
    Outcome outcome = decide("r", "{'model':'m','text':'1','deadlineMs':4000}");
    assertThat(outcome).isInstanceOf(Outcome.Expired.class);
    assertThat(((Outcome.Expired) outcome).answer().reason()).isEqualTo(Completion.Reason.EXPIRED);
    assertThat(decide("q", "{'model':'m','text':'1','deadlineMs':6000}"))
        .isInstanceOf(Outcome.Admitted.class);
  }

  @Test
  void shouldRecordNoMoreSitesThanTheTenantsQuota() {
    quota =
        new TenantQuota("acme", 1, OptionalDouble.empty(), OptionalInt.empty(), OptionalInt.of(0));
    Outcome asked = decide("a", "{'model':'m','text':'1','capture':{'sites':['L0.mlp']}}");
    assertThat(((Outcome.Refused) asked).reason()).isEqualTo(Refusal.OVER_LIMIT);
    Outcome silent = decide("b", "{'model':'m','text':'1'}");
    assertThat(((Outcome.Admitted) silent).work().prompt().capture().orElseThrow().off()).isTrue();
  }
}
