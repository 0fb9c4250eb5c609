package dev.steerage.local;

import dev.steerage.domain.tenant.TenantId;
import java.nio.file.Path;
import java.util.List;

/// What `steerage up` starts.
///
/// @param data folder of everything that survives a restart
/// @param port of the broker; 0: that of the last start, else a free one
/// @param models model folders, one worker each
/// @param tenants whose topics are made
/// @param backend of the workers: `reference`, `vector`, `native` or `auto`
public record UpConfig(
    Path data, int port, List<Path> models, List<TenantId> tenants, String backend) {

  public UpConfig {
    models = List.copyOf(models);
    tenants = List.copyOf(tenants);
  }

  List<String> modelNames() {
    return models.stream().map(model -> model.getFileName().toString()).toList();
  }

  Path brokerData() {
    return data.resolve("broker");
  }
}
