package dev.steerage.admission.decision;

import dev.steerage.schemas.message.Prompt;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.schemas.message.TenantQuota;
import java.util.List;
import java.util.Optional;

/// How many sites of a request are recorded raw. Who asks for more than the tenant's quota is
/// refused; who asks for nothing gets everything the quota allows, which is all sites or none:
/// captured means complete.
final class CaptureQuota {
  private CaptureQuota() {}

  static Optional<PromptCheck.Problem> check(Prompt prompt, Models models, TenantQuota quota) {
    if (quota.capturedSites().isEmpty()
        || prompt.capture().isEmpty()
        || prompt.capture().get().off()) {
      return Optional.empty();
    }
    int asked = prompt.capture().get().sites().size();
    int sites = asked > 0 ? asked : sites(prompt, models);
    int limit = quota.capturedSites().getAsInt();
    return sites <= limit
        ? Optional.empty()
        : Optional.of(
            new PromptCheck.Problem(
                Refusal.OVER_LIMIT, "capture: sites=" + sites + ", limit=" + limit));
  }

  static Prompt grant(Prompt prompt, Models models, TenantQuota quota) {
    boolean over =
        quota.capturedSites().isPresent()
            && prompt.capture().isEmpty()
            && sites(prompt, models) > quota.capturedSites().getAsInt();
    return over ? prompt.withCapture(new Prompt.Capture(List.of(), true)) : prompt;
  }

  private static int sites(Prompt prompt, Models models) {
    return models.find(prompt.model()).map(card -> card.sites().size()).orElse(0);
  }
}
