package dev.steerage.local;

import dev.steerage.broker.BrokerConfig;
import dev.steerage.broker.DesiredTopics;
import dev.steerage.domain.tenant.TenantId;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/// What `steerage up` starts.
///
/// @param data folder of everything that survives a restart
/// @param port of the broker; 0: that of the last start, else a free one
/// @param models model folders, one worker each
/// @param tenants whose topics are made
/// @param backend of the workers: `reference`, `vector`, `native`, `cuda` or `auto`
/// @param httpPort of the gateway, 0: a free one; empty: the usual one, else a free one
/// @param isSecure passwords, ACLs and keys for everybody; decided with the first start on a data
///   folder
public record UpConfig(
    Path data,
    int port,
    List<Path> models,
    List<TenantId> tenants,
    String backend,
    OptionalInt httpPort,
    boolean isSecure) {

  private static final String BACKEND = "auto";

  public UpConfig {
    models = List.copyOf(models);
    tenants = List.copyOf(tenants);
  }

  /// Every model of a folder, for the tenant `default`.
  static UpConfig of(Path data, Path models) {
    return new UpConfig(
        data,
        BrokerConfig.REMEMBERED,
        DesiredTopics.modelsIn(models).stream().map(models::resolve).toList(),
        List.of(TenantId.DEFAULT),
        BACKEND,
        OptionalInt.empty(),
        false);
  }

  List<String> modelNames() {
    return models.stream().map(model -> model.getFileName().toString()).toList();
  }

  Path brokerData() {
    return data.resolve("broker");
  }
}
