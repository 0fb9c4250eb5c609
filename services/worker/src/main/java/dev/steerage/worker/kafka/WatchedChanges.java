package dev.steerage.worker.kafka;

import dev.steerage.domain.monitor.Monitor;
import dev.steerage.domain.monitor.WatchedCodes;
import dev.steerage.domain.rule.RuleBook;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.worker.rules.TenantRules;
import dev.steerage.worker.tick.TickEvent;
import java.util.List;
import java.util.Optional;

/// What a record of the rule log means for the platform's topic of monitors: there, concepts are
/// replaced by their codes, so a concept that changes changes every monitor that names it.
final class WatchedChanges {
  private WatchedChanges() {}

  static List<TickEvent> of(
      int partition, TenantId tenant, TenantRules.Entry entry, TenantRules rules, String model) {
    if (entry.applied().isEmpty()) {
      return List.of();
    }
    return switch (entry.applied().get()) {
      case RuleChange.MonitorPut(Monitor monitor) ->
          List.of(put(partition, tenant, monitor, rules.bookAt(entry.offset())));
      case RuleChange.MonitorRemoved(String id, String _) ->
          List.of(new TickEvent.Watched(partition, tenant, id, Optional.empty()));
      case RuleChange.ConceptPut concept -> {
        RuleBook book = rules.bookAt(entry.offset());
        yield book.monitors(model).values().stream()
            .filter(monitor -> monitor.names(concept.concept()))
            .map(monitor -> put(partition, tenant, monitor, book))
            .toList();
      }
      case RuleChange.RulePut _, RuleChange.RuleRemoved _, RuleChange.ConceptRemoved _ -> List.of();
    };
  }

  private static TickEvent put(int partition, TenantId tenant, Monitor monitor, RuleBook book) {
    Monitor resolved =
        WatchedCodes.resolve(
            monitor, concept -> book.concept(monitor.model(), concept).orElse(List.of()));
    return new TickEvent.Watched(partition, tenant, monitor.id(), Optional.of(resolved));
  }
}
