package dev.steerage.broker.tenant;

import dev.steerage.broker.AdminAnswer;
import dev.steerage.broker.BrokerException;
import dev.steerage.broker.Provisioner;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.topic.Topic;
import dev.steerage.schemas.topic.Topics;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.quota.ClientQuotaFilterComponent;

/// Brings a cluster in line with what tenants are to be, through the Admin API only: the same on an
/// embedded broker and on a real cluster. Doing it again changes nothing.
///
/// On a cluster without an authorizer there are topics and quotas, but nobody is kept out.
public final class TenantReconciler implements AutoCloseable {
  static final String RESERVED = "steerage";
  private static final int TOGETHER = 50;
  private static final int ITERATIONS = 8192;
  private static final String PRODUCER_BYTES = "producer_byte_rate";
  private static final String CONSUMER_BYTES = "consumer_byte_rate";
  private static final String REQUEST_PERCENT = "request_percentage";

  private final Admin admin;
  private final ClusterAcls acls;
  private final Provisioner provisioner;
  private final Secrets secrets;
  private final TenantBook book;
  private final Map<String, Object> client;
  private final Map<TenantId, Erasure> erasures = new HashMap<>();

  /// @param client properties of an administrator's Kafka clients, `bootstrap.servers` among them
  public TenantReconciler(Map<String, ?> client, Secrets secrets) {
    admin = Admin.create(new HashMap<>(client));
    acls = new ClusterAcls(admin);
    provisioner = Provisioner.connect(client);
    this.secrets = secrets;
    book = new TenantBook(client);
    this.client = new HashMap<>(client);
  }

  /// Makes everything that is missing and takes away what must not be; says what it did.
  public List<String> reconcile(Collection<TenantSpec> tenants) {
    List<String> changes = new ArrayList<>();
    provisioner.ensurePlatform();
    List<TenantSpec> part = new ArrayList<>();
    for (TenantSpec spec : tenants) {
      if (spec.tenant().name().startsWith(RESERVED)) {
        // Its consumer groups would be those of a service.
        throw new BrokerException("tenant=" + spec.tenant() + ": " + RESERVED + "… is reserved");
      }
      part.add(spec);
      if (part.size() == TOGETHER) {
        reconcileTogether(part, changes);
        part.clear();
      }
    }
    if (!part.isEmpty()) {
      reconcileTogether(part, changes);
    }
    return changes;
  }

  /// So many that no request becomes too large, and a thousand tenants do not take a thousand
  /// rounds.
  private void reconcileTogether(List<TenantSpec> tenants, List<String> changes) {
    Set<String> topics = AdminAnswer.await("list topics", admin.listTopics().names());
    List<Topic<?, ?>> wanted = new ArrayList<>();
    for (TenantSpec spec : tenants) {
      if (!topics.contains(Topics.RULES.of(spec.tenant()).name())) {
        changes.add(spec.tenant() + ": topics made");
      }
      Topics.ofTenant().forEach(kind -> wanted.add(kind.of(spec.tenant())));
    }
    provisioner.ensure(wanted);
    users(tenants, changes);
    permissions(tenants, changes);
    quotas(tenants, changes);
    for (TenantSpec spec : tenants) {
      if (book.put(spec.use())) {
        changes.add(spec.tenant() + ": share of admission and workers set");
      }
    }
  }

  /// Principals and ACLs of Steerage's own services; says what it did.
  public List<String> reconcileServices() {
    List<String> changes = new ArrayList<>();
    provisioner.ensurePlatform();
    List<String> users = Stream.of(ServicePrincipal.values()).map(ServicePrincipal::user).toList();
    makeUsers(users, user -> changes.add("principal " + user + " made"));
    Set<AclBinding> missing = new HashSet<>(ServiceAcls.platform());
    missing.removeAll(acls.find(Set.copyOf(users), Set.of()).orElse(missing));
    if (!missing.isEmpty()) {
      acls.create(missing);
      changes.add("services: " + missing.size() + " ACLs made");
    }
    return changes;
  }

  /// Whether a tenant has topics.
  public boolean exists(TenantId tenant) {
    return AdminAnswer.await("list topics", admin.listTopics().names())
        .contains(Topics.RULES.of(tenant).name());
  }

  /// New passwords for all principals of a tenant; who is connected stays so until it reconnects.
  public void rotate(TenantId tenant) {
    List<UserScramCredentialAlteration> users = new ArrayList<>();
    TenantAcls.users(tenant).forEach(user -> users.add(credential(user, secrets.renew(user))));
    AdminAnswer.await("change passwords", admin.alterUserScramCredentials(users).all());
  }

  /// Takes away topics, principals, ACLs and quotas of a tenant.
  public void delete(TenantId tenant) {
    Set<String> topics = topics(tenant);
    acls.deleteOf(Set.copyOf(TenantAcls.users(tenant)), topics);
    Map<String, TenantSpec.Quotas> none = new HashMap<>();
    TenantAcls.users(tenant).forEach(user -> none.put(user, TenantSpec.Quotas.NONE));
    alterQuotas(none);
    List<UserScramCredentialAlteration> gone = new ArrayList<>();
    existing(TenantAcls.users(tenant))
        .forEach(
            user -> gone.add(new UserScramCredentialDeletion(user, ScramMechanism.SCRAM_SHA_256)));
    AdminAnswer.await("delete principals", admin.alterUserScramCredentials(gone).all());
    new Erasure(admin, client, tenant).announce();
    topics.retainAll(AdminAnswer.await("list topics", admin.listTopics().names()));
    AdminAnswer.await("delete topics", admin.deleteTopics(topics).all());
    book.remove(tenant);
    TenantAcls.users(tenant).forEach(secrets::remove);
    erase(tenant);
  }

  /// Has what Steerage's own topics hold of a deleted tenant taken away; to be called again, some
  /// seconds later, until nothing is left.
  ///
  /// @return what is still there: records, and partitions that services have not read yet
  public int erase(TenantId tenant) {
    Erasure erasure = erasures.computeIfAbsent(tenant, gone -> new Erasure(admin, client, gone));
    int left = erasure.step();
    if (left == 0) {
      erasures.remove(tenant);
    }
    return left;
  }

  private void users(List<TenantSpec> tenants, List<String> changes) {
    List<String> wanted =
        tenants.stream().flatMap(spec -> TenantAcls.users(spec.tenant()).stream()).toList();
    makeUsers(
        wanted,
        user ->
            changes.add(
                user.substring(0, user.lastIndexOf('.')) + ": principal " + user + " made"));
  }

  private void makeUsers(List<String> wanted, Consumer<String> made) {
    Set<String> existing = existing(wanted);
    List<UserScramCredentialAlteration> missing = new ArrayList<>();
    for (String user : wanted) {
      if (!existing.contains(user)) {
        missing.add(credential(user, secrets.find(user).orElseGet(() -> secrets.renew(user))));
        made.accept(user);
      }
    }
    if (!missing.isEmpty()) {
      AdminAnswer.await("make principals", admin.alterUserScramCredentials(missing).all());
    }
  }

  private Set<String> existing(List<String> users) {
    Set<String> found =
        new HashSet<>(
            AdminAnswer.await("list principals", admin.describeUserScramCredentials().users()));
    found.retainAll(users);
    return found;
  }

  private static UserScramCredentialAlteration credential(String user, String password) {
    return new UserScramCredentialUpsertion(
        user, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, ITERATIONS), password);
  }

  private void permissions(List<TenantSpec> tenants, List<String> changes) {
    Set<String> users = new HashSet<>();
    Set<String> topics = new HashSet<>();
    for (TenantSpec spec : tenants) {
      users.addAll(TenantAcls.users(spec.tenant()));
      topics.addAll(topics(spec.tenant()));
    }
    Optional<Set<AclBinding>> found = acls.find(users, topics);
    if (found.isEmpty()) {
      return;
    }
    Set<AclBinding> wanted = new HashSet<>();
    for (TenantSpec spec : tenants) {
      wanted.addAll(TenantAcls.of(spec));
      wanted.addAll(ServiceAcls.of(spec.tenant()));
    }
    Set<AclBinding> missing = new HashSet<>(wanted);
    missing.removeAll(found.get());
    Set<AclBinding> extra = new HashSet<>(found.get());
    extra.removeAll(wanted);
    String whose =
        tenants.size() == 1 ? tenants.getFirst().tenant().name() : tenants.size() + " tenants";
    if (!missing.isEmpty()) {
      acls.create(missing);
      changes.add(whose + ": " + missing.size() + " ACLs made");
    }
    if (!extra.isEmpty()) {
      acls.delete(extra);
      changes.add(whose + ": " + extra.size() + " ACLs deleted");
    }
  }

  private static Set<String> topics(TenantId tenant) {
    return Topics.ofTenant().stream()
        .map(kind -> kind.of(tenant).name())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void quotas(List<TenantSpec> tenants, List<String> changes) {
    Map<String, TenantSpec.Quotas> wanted = new LinkedHashMap<>();
    for (TenantSpec spec : tenants) {
      TenantAcls.users(spec.tenant()).forEach(user -> wanted.put(user, spec.quotas()));
    }
    for (String user : alterQuotas(wanted)) {
      String tenant = user.substring(0, user.lastIndexOf('.'));
      changes.add(tenant + ": quotas of " + user + " set");
    }
  }

  /// @return whose quotas were others
  private List<String> alterQuotas(Map<String, TenantSpec.Quotas> wanted) {
    List<String> changed = new ArrayList<>();
    List<ClientQuotaAlteration> alterations = new ArrayList<>();
    var filter =
        ClientQuotaFilter.containsOnly(
            List.of(ClientQuotaFilterComponent.ofEntityType(ClientQuotaEntity.USER)));
    Map<ClientQuotaEntity, Map<String, Double>> all =
        AdminAnswer.await("list quotas", admin.describeClientQuotas(filter).entities());
    wanted.forEach(
        (user, quotas) -> {
          var entity = new ClientQuotaEntity(Map.of(ClientQuotaEntity.USER, user));
          Map<String, Double> found = all.getOrDefault(entity, Map.of());
          List<ClientQuotaAlteration.Op> ops = new ArrayList<>();
          op(PRODUCER_BYTES, quotas.producerBytes(), found, ops);
          op(CONSUMER_BYTES, quotas.consumerBytes(), found, ops);
          op(REQUEST_PERCENT, quotas.requestPercent(), found, ops);
          if (!ops.isEmpty()) {
            changed.add(user);
            alterations.add(new ClientQuotaAlteration(entity, ops));
          }
        });
    if (!alterations.isEmpty()) {
      AdminAnswer.await("set quotas", admin.alterClientQuotas(alterations).all());
    }
    return changed;
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

  @Override
  public void close() {
    erasures.values().forEach(Erasure::close);
    book.close();
    provisioner.close();
    admin.close();
  }
}
