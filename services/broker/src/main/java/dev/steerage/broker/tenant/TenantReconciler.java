package dev.steerage.broker.tenant;

import dev.steerage.broker.BrokerException;
import dev.steerage.broker.Provisioner;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.quota.ClientQuotaFilterComponent;
import org.apache.kafka.common.resource.ResourcePatternFilter;

/// Brings a cluster in line with what tenants are to be, through the Admin API only: the same on an
/// embedded broker and on a real cluster. Doing it again changes nothing.
///
/// On a cluster without an authorizer there are topics and quotas, but nobody is kept out.
public final class TenantReconciler implements AutoCloseable {
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);
  private static final int ITERATIONS = 8192;
  private static final String PRODUCER_BYTES = "producer_byte_rate";
  private static final String CONSUMER_BYTES = "consumer_byte_rate";
  private static final String REQUEST_PERCENT = "request_percentage";

  private final Admin admin;
  private final Provisioner provisioner;
  private final Secrets secrets;

  /// @param client properties of an administrator's Kafka clients, `bootstrap.servers` among them
  public TenantReconciler(Map<String, ?> client, Secrets secrets) {
    admin = Admin.create(new HashMap<>(client));
    provisioner = Provisioner.connect(client);
    this.secrets = secrets;
  }

  /// Makes everything that is missing and takes away what must not be; says what it did.
  public List<String> reconcile(Collection<TenantSpec> tenants) {
    List<String> changes = new ArrayList<>();
    provisioner.ensurePlatform();
    Set<String> topics = await("list topics", admin.listTopics().names());
    for (TenantSpec spec : tenants) {
      if (!topics.contains(Topics.RULES.of(spec.tenant()).name())) {
        changes.add(spec.tenant() + ": topics made");
      }
      provisioner.ensureTenant(spec.tenant());
      users(spec.tenant(), changes);
      acls(spec, changes);
      quotas(spec, changes);
    }
    return changes;
  }

  /// Whether a tenant has topics.
  public boolean exists(TenantId tenant) {
    return await("list topics", admin.listTopics().names())
        .contains(Topics.RULES.of(tenant).name());
  }

  /// New passwords for all principals of a tenant; who is connected stays so until it reconnects.
  public void rotate(TenantId tenant) {
    List<UserScramCredentialAlteration> users = new ArrayList<>();
    TenantAcls.users(tenant).forEach(user -> users.add(credential(user, secrets.renew(user))));
    await("change passwords", admin.alterUserScramCredentials(users).all());
  }

  /// Takes away topics, principals, ACLs and quotas of a tenant.
  public void delete(TenantId tenant) {
    TenantAcls.users(tenant)
        .forEach(
            user -> {
              removeAcls(user);
              quotas(user, TenantSpec.Quotas.NONE);
            });
    List<UserScramCredentialAlteration> gone = new ArrayList<>();
    existing(TenantAcls.users(tenant))
        .forEach(
            user -> gone.add(new UserScramCredentialDeletion(user, ScramMechanism.SCRAM_SHA_256)));
    await("delete principals", admin.alterUserScramCredentials(gone).all());
    Set<String> topics = new TreeSet<>();
    Topics.ofTenant().forEach(kind -> topics.add(kind.of(tenant).name()));
    topics.retainAll(await("list topics", admin.listTopics().names()));
    await("delete topics", admin.deleteTopics(topics).all());
    TenantAcls.users(tenant).forEach(secrets::remove);
  }

  private void users(TenantId tenant, List<String> changes) {
    List<String> wanted = TenantAcls.users(tenant);
    Set<String> existing = existing(wanted);
    List<UserScramCredentialAlteration> missing = new ArrayList<>();
    for (String user : wanted) {
      if (!existing.contains(user)) {
        missing.add(credential(user, secrets.find(user).orElseGet(() -> secrets.renew(user))));
        changes.add(tenant + ": principal " + user + " made");
      }
    }
    if (!missing.isEmpty()) {
      await("make principals", admin.alterUserScramCredentials(missing).all());
    }
  }

  private Set<String> existing(List<String> users) {
    Set<String> found =
        new HashSet<>(await("list principals", admin.describeUserScramCredentials().users()));
    found.retainAll(users);
    return found;
  }

  private static UserScramCredentialAlteration credential(String user, String password) {
    return new UserScramCredentialUpsertion(
        user, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, ITERATIONS), password);
  }

  private void acls(TenantSpec spec, List<String> changes) {
    Set<AclBinding> wanted = TenantAcls.of(spec);
    Set<AclBinding> found = new HashSet<>();
    try {
      TenantAcls.users(spec.tenant())
          .forEach(user -> found.addAll(await("list ACLs", admin.describeAcls(of(user)).values())));
    } catch (BrokerException e) {
      if (e.getCause() instanceof SecurityDisabledException) {
        return;
      }
      throw e;
    }
    Set<AclBinding> missing = new HashSet<>(wanted);
    missing.removeAll(found);
    Set<AclBinding> extra = new HashSet<>(found);
    extra.removeAll(wanted);
    if (!missing.isEmpty()) {
      await("make ACLs", admin.createAcls(missing).all());
      changes.add(spec.tenant() + ": " + missing.size() + " ACLs made");
    }
    if (!extra.isEmpty()) {
      await(
          "delete ACLs", admin.deleteAcls(extra.stream().map(AclBinding::toFilter).toList()).all());
      changes.add(spec.tenant() + ": " + extra.size() + " ACLs deleted");
    }
  }

  private void removeAcls(String user) {
    try {
      await("delete ACLs", admin.deleteAcls(List.of(of(user))).all());
    } catch (BrokerException e) {
      if (!(e.getCause() instanceof SecurityDisabledException)) {
        throw e;
      }
    }
  }

  private static AclBindingFilter of(String user) {
    return new AclBindingFilter(
        ResourcePatternFilter.ANY,
        new AccessControlEntryFilter(
            "User:" + user, null, AclOperation.ANY, AclPermissionType.ANY));
  }

  private void quotas(TenantSpec spec, List<String> changes) {
    for (String user : TenantAcls.users(spec.tenant())) {
      if (quotas(user, spec.quotas())) {
        changes.add(spec.tenant() + ": quotas of " + user + " set");
      }
    }
  }

  private boolean quotas(String user, TenantSpec.Quotas wanted) {
    var entity = new ClientQuotaEntity(Map.of(ClientQuotaEntity.USER, user));
    var filter =
        ClientQuotaFilter.containsOnly(
            List.of(ClientQuotaFilterComponent.ofEntity(ClientQuotaEntity.USER, user)));
    Map<String, Double> found =
        await("list quotas", admin.describeClientQuotas(filter).entities())
            .getOrDefault(entity, Map.of());
    List<ClientQuotaAlteration.Op> ops = new ArrayList<>();
    op(PRODUCER_BYTES, wanted.producerBytes(), found, ops);
    op(CONSUMER_BYTES, wanted.consumerBytes(), found, ops);
    op(REQUEST_PERCENT, wanted.requestPercent(), found, ops);
    if (!ops.isEmpty()) {
      var alteration = new ClientQuotaAlteration(entity, ops);
      await("set quotas", admin.alterClientQuotas(List.of(alteration)).all());
    }
    return !ops.isEmpty();
  }

  private static void op(
      String key,
      OptionalLong wanted,
      Map<String, Double> found,
      List<ClientQuotaAlteration.Op> ops) {
    Double value = wanted.isPresent() ? (double) wanted.getAsLong() : null;
    if (!java.util.Objects.equals(value, found.get(key))) {
      ops.add(new ClientQuotaAlteration.Op(key, value));
    }
  }

  private static <T> T await(String what, KafkaFuture<T> future) {
    try {
      return future.get(CALL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new BrokerException("cluster refused: " + what, e.getCause());
    } catch (TimeoutException e) {
      throw new BrokerException("no answer in " + CALL_TIMEOUT + ": " + what, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerException("interrupted: " + what, e);
    }
  }

  @Override
  public void close() {
    provisioner.close();
    admin.close();
  }
}
