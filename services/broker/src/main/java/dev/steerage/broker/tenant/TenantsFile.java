package dev.steerage.broker.tenant;

import dev.steerage.broker.BrokerException;
import dev.steerage.domain.rule.RuleQuota;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.json.BadJson;
import dev.steerage.schemas.json.Json;
import dev.steerage.schemas.json.JsonIn;
import dev.steerage.schemas.json.JsonOut;
import dev.steerage.schemas.message.TenantQuota;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The declarative file: which tenants there are to be. People may edit it; a cluster is brought in
/// line with it as often as one likes.
public final class TenantsFile {
  private static final int MAX_BYTES = 16 << 20;

  private final Path file;

  public TenantsFile(Path file) {
    this.file = file;
  }

  /// The tenants by name; none where there is no file.
  ///
  /// @throws BrokerException if the file says something else
  public Map<TenantId, TenantSpec> read() {
    Map<TenantId, TenantSpec> tenants = new TreeMap<>();
    if (!Files.exists(file)) {
      return tenants;
    }
    try {
      JsonIn in = new JsonIn(Json.parse(Files.readAllBytes(file), MAX_BYTES));
      for (TenantSpec spec : in.objects("tenants", TenantsFile::readSpec)) {
        if (tenants.put(spec.tenant(), spec) != null) {
          throw new BrokerException("tenant twice: tenant=" + spec.tenant() + ", file=" + file);
        }
      }
      return tenants;
    } catch (BadJson | IllegalArgumentException e) {
      throw new BrokerException("file=" + file + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("file cannot be read: " + file, e);
    }
  }

  /// Replaces the file.
  public void write(Map<TenantId, TenantSpec> tenants) {
    byte[] bytes =
        Json.write(
            out ->
                out.allObjects("tenants", List.copyOf(tenants.values()), TenantsFile::writeSpec));
    try {
      Path folder = file.toAbsolutePath().getParent();
      Files.createDirectories(folder);
      Path next = Files.createTempFile(folder, "tenants", ".json");
      Files.write(next, bytes);
      Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("file cannot be written: " + file, e);
    }
  }

  private static TenantSpec readSpec(JsonIn in) {
    TenantId tenant = new TenantId(in.text("tenant"));
    return new TenantSpec(
        tenant,
        in.flag("suspended", false),
        in.optionalObject("quotas", TenantsFile::readQuotas).orElse(TenantSpec.Quotas.NONE),
        in.optionalObject("quotas", quotas -> readUse(tenant, quotas))
            .orElseGet(() -> TenantQuota.none(tenant.name())));
  }

  private static TenantQuota readUse(TenantId tenant, JsonIn in) {
    return new TenantQuota(
        tenant.name(),
        in.integer("weight", 1),
        in.optionalNumber("tokensPerSecond"),
        in.optionalInteger("concurrentRequests"),
        in.optionalInteger("capturedSites"),
        RuleQuota.always(in.optionalInteger("rules")));
  }

  private static TenantSpec.Quotas readQuotas(JsonIn in) {
    return new TenantSpec.Quotas(
        in.optionalWhole("producerBytes"),
        in.optionalWhole("consumerBytes"),
        in.optionalWhole("requestPercent"));
  }

  private static void writeSpec(JsonOut out, TenantSpec spec) {
    out.text("tenant", spec.tenant().name());
    if (spec.isSuspended()) {
      out.flag("suspended", true);
    }
    TenantSpec.Quotas quotas = spec.quotas();
    TenantQuota use = spec.use();
    if (!quotas.equals(TenantSpec.Quotas.NONE)
        || !use.equals(TenantQuota.none(spec.tenant().name()))) {
      out.object(
          "quotas",
          object ->
              object
                  .whole("producerBytes", quotas.producerBytes())
                  .whole("consumerBytes", quotas.consumerBytes())
                  .whole("requestPercent", quotas.requestPercent())
                  .whole("weight", use.weight())
                  .number("tokensPerSecond", use.tokensPerSecond())
                  .whole("concurrentRequests", use.concurrentRequests())
                  .whole("capturedSites", use.capturedSites())
                  .whole("rules", use.rules().newest()));
    }
  }
}
