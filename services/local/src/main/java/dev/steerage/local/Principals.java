package dev.steerage.local;

import dev.steerage.broker.EmbeddedBroker;
import dev.steerage.broker.tenant.Secrets;
import dev.steerage.broker.tenant.ServicePrincipal;
import dev.steerage.broker.tenant.TenantReconciler;
import dev.steerage.broker.tenant.TenantSpec;
import dev.steerage.broker.tenant.TenantsFile;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.gateway.access.KeyFile;
import dev.steerage.gateway.access.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Who each part of an instance is to the broker: nobody in particular on an open one, a principal
/// of its own on a secure one. There, the gateway wants keys too.
final class Principals {
  private final Optional<Secrets> secrets;
  private final Path folder;

  private Principals(Optional<Secrets> secrets, Path folder) {
    this.secrets = secrets;
    this.folder = folder;
  }

  /// Makes what a secure instance needs: principals of services and of its tenants, with their
  /// ACLs, and a key to the gateway for each tenant. Doing it again changes nothing.
  static Principals of(UpConfig config, EmbeddedBroker broker) {
    Path folder = config.data().resolve("secrets");
    if (!config.isSecure()) {
      return new Principals(Optional.empty(), folder);
    }
    var secrets = new Secrets(folder);
    var file = new TenantsFile(config.data().resolve("tenants.json"));
    Map<TenantId, TenantSpec> tenants = file.read();
    config.tenants().forEach(tenant -> tenants.putIfAbsent(tenant, TenantSpec.of(tenant)));
    try (var reconciler = new TenantReconciler(broker.adminProperties(), secrets)) {
      reconciler.reconcileServices();
      reconciler.reconcile(tenants.values());
    }
    file.write(tenants);
    var principals = new Principals(Optional.of(secrets), folder);
    tenants.keySet().forEach(principals::ensureKey);
    return principals;
  }

  private void ensureKey(TenantId tenant) {
    Path file = folder.resolve(tenant.name() + ".gateway-key");
    if (Files.exists(file)) {
      return;
    }
    String key = KeyFile.open(keyFile()).create(tenant, Role.ADMIN, "up");
    try {
      Path next = Secrets.ownersOnly(folder);
      Files.writeString(next, key);
      Files.move(next, file);
    } catch (IOException e) {
      throw new UncheckedIOException("file cannot be written: " + file, e);
    }
  }

  private Path keyFile() {
    return folder.resolve("gateway-keys.json");
  }

  /// Properties of a service's Kafka clients, besides the address.
  Map<String, String> of(ServicePrincipal service) {
    return secrets
        .map(known -> Secrets.client(service.user(), known.find(service.user()).orElseThrow()))
        .orElse(Map.of());
  }

  /// The keys that the gateway wants.
  Optional<Path> gatewayKeys() {
    return secrets.map(_ -> keyFile());
  }

  /// Where the client properties of everybody are.
  Optional<Path> folder() {
    return secrets.map(_ -> folder);
  }
}
