package dev.steerage.schemas.golden;

import dev.steerage.domain.rule.RuleQuota;
import dev.steerage.schemas.golden.Examples.Example;
import dev.steerage.schemas.json.PublishedSchema;
import dev.steerage.schemas.message.Alert;
import dev.steerage.schemas.message.CodeStatistics;
import dev.steerage.schemas.message.ModelCard;
import dev.steerage.schemas.message.SessionState;
import dev.steerage.schemas.message.TenantQuota;
import dev.steerage.schemas.topic.Topics;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Stream;

/// What the platform itself says.
final class PlatformExamples {
  static Stream<Example<?>> all() {
    return Stream.concat(platform(), tenants());
  }

  private static Stream<Example<?>> platform() {
    return Stream.of(
        new Example<>(
            "code-statistics/v1-window.json",
            Topics.CODE_STATISTICS.value(),
            new CodeStatistics(
                "tokfsm",
                "L0.mlp",
                10_000,
                1_700_000_000_000L,
                true,
                100,
                100,
                3,
                8,
                2,
                0.5,
                0.75,
                0,
                List.of(new CodeStatistics.CodeCount(3, 80), new CodeStatistics.CodeCount(1, 20))),
            PublishedSchema.CODE_STATISTICS),
        new Example<>(
            "alert/v1-slot-conflict.json",
            Topics.ALERTS.value(),
            new Alert(
                "slot-conflict/r-17/a/b",
                "slot-conflict",
                "warning",
                "rule a gave way to rule b",
                1_700_000_000_000L,
                Map.of("code", "L0.mlp:3")),
            PublishedSchema.ALERT),
        new Example<>(
            "model/v1-card.json",
            Topics.MODELS.value(),
            new ModelCard(
                "tokfsm",
                "0a1b",
                "vector/avx512/16/f32/0.1.0",
                11,
                128,
                64,
                10,
                "characters",
                List.of(new ModelCard.SiteCard("L0.mlp", 400, 1, 64)),
                List.of("worker-1")),
            PublishedSchema.MODEL),
        new Example<>(
            "session/v1-state.json",
            Topics.sessions("tokfsm").value(),
            new SessionState(
                "acme", "s-3", 2, "r-19", List.of(10, 1, 2, 3, 4, 5, 6), 1_700_000_000_000L),
            null));
  }

  private static Stream<Example<?>> tenants() {
    return Stream.of(
        new Example<>(
            "tenant/v1-quota.json",
            Topics.TENANTS.value(),
            new TenantQuota(
                "acme", 3, OptionalDouble.of(250.5), OptionalInt.of(16), OptionalInt.of(8)),
            null),
        new Example<>(
            "tenant/v1-rules.json",
            Topics.TENANTS.value(),
            TenantQuota.none("acme")
                .withRules(
                    RuleQuota.always(OptionalInt.of(100))
                        .then(1_700_000_000_000L, OptionalInt.empty())),
            null));
  }

  private PlatformExamples() {}
}
