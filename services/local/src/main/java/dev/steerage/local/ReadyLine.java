package dev.steerage.local;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What `up` prints when all parts are ready: addresses, models, and the topics to write to.
final class ReadyLine {

  private static final double MS_PER_S = 1000;

  private ReadyLine() {}

  static String of(UpConfig config, Map<String, String> addresses, Duration took) {
    var line = new StringBuilder("ready: kafka=").append(addresses.get("bootstrap"));
    addresses.forEach(
        (name, address) -> {
          if (!name.equals("bootstrap") && !name.equals("gateway")) {
            line.append(' ').append(name).append('=').append(address);
          }
        });
    line.append(" models=").append(String.join(",", config.modelNames()));
    line.append(" data=").append(config.data().toAbsolutePath().normalize());
    line.append(String.format(Locale.ROOT, " took=%.1fs", took.toMillis() / MS_PER_S));
    line.append(System.lineSeparator()).append("  console: ").append(addresses.get("gateway"));
    for (TenantId tenant : config.tenants()) {
      line.append(System.lineSeparator()).append("  topics of ").append(tenant.name()).append(":");
      for (var topic : List.of(Topics.PROMPTS, Topics.COMMANDS, Topics.RULES)) {
        line.append(' ').append(topic.of(tenant).name());
      }
      line.append(" -> ");
      line.append(Topics.COMPLETIONS.of(tenant).name());
      line.append(' ').append(Topics.RULE_ACKS.of(tenant).name());
    }
    return line.toString();
  }
}
