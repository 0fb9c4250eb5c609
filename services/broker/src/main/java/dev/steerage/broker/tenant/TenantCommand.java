package dev.steerage.broker.tenant;

import dev.steerage.broker.BrokerException;
import dev.steerage.broker.ClientFile;
import dev.steerage.domain.rule.RuleQuota;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.TenantQuota;
import dev.steerage.schemas.topic.TopicSettings.Role;
import dev.steerage.schemas.topic.Topics;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// `steerage tenant`: who shares the cluster. Every verb edits the declarative file, if it must,
/// and brings the cluster in line with it.
@Command(
    name = "tenant",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Create, look at, suspend and delete tenants: topics, principals, ACLs, quotas.")
public final class TenantCommand {
  private static final Duration ERASED_IN = Duration.ofMinutes(10);
  private static final Duration LOOK = Duration.ofSeconds(5);

  // Not marked as required: a default that is looked up would not count for the verbs below.
  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      scope = ScopeType.INHERIT,
      description = "The cluster. Default: that of the running 'steerage up'.")
  private String bootstrap;

  @Option(
      names = "--client-properties",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "Further properties of the administrator's Kafka client.")
  private Path clientProperties;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      defaultValue = ".steerage/tenants.json",
      scope = ScopeType.INHERIT,
      description = "The declarative file. Default: ${DEFAULT-VALUE}.")
  private Path file;

  @Option(
      names = "--secrets",
      paramLabel = "FOLDER",
      defaultValue = ".steerage/secrets",
      scope = ScopeType.INHERIT,
      description = "Where client properties of principals are written. Default: ${DEFAULT-VALUE}.")
  private Path secretsFolder;

  @Spec private CommandSpec spec;

  private String bootstrap() {
    if (bootstrap == null) {
      throw new ParameterException(
          spec.commandLine(), "no 'steerage up' runs here: name a cluster with --bootstrap");
    }
    return bootstrap;
  }

  private TenantsFile tenants() {
    return new TenantsFile(file);
  }

  private Secrets secrets() {
    return new Secrets(secretsFolder);
  }

  private int say(Function<TenantReconciler, List<String>> work) {
    PrintWriter out = spec.commandLine().getOut();
    try (var reconciler =
        new TenantReconciler(ClientFile.read(bootstrap(), clientProperties), secrets())) {
      List<String> lines = work.apply(reconciler);
      lines.forEach(out::println);
      if (lines.isEmpty()) {
        out.println("nothing to change");
      }
      out.flush();
      return 0;
    } catch (BrokerException e) {
      spec.commandLine().getErr().println("tenant: " + e.getMessage());
      spec.commandLine().getErr().flush();
      return 1;
    }
  }

  private TenantSpec known(Map<TenantId, TenantSpec> all, String name) {
    TenantSpec found = all.get(new TenantId(name));
    if (found == null) {
      throw new BrokerException("no tenant of this name in file=" + file + ": tenant=" + name);
    }
    return found;
  }

  @Command(name = "create", description = "Create a tenant, or change its quotas.")
  int create(
      @Parameters(paramLabel = "TENANT", description = "Its name.") String name,
      @Option(
              names = "--producer-bytes",
              paramLabel = "N",
              description = "Bytes that each principal may write per second.")
          Long producerBytes,
      @Option(
              names = "--consumer-bytes",
              paramLabel = "N",
              description = "Bytes that each principal may read per second.")
          Long consumerBytes,
      @Option(
              names = "--request-percent",
              paramLabel = "N",
              description = "Share of a broker thread's time.")
          Long requestPercent,
      @Option(
              names = "--weight",
              paramLabel = "N",
              defaultValue = "1",
              description = "Its part where tenants compete. Default: ${DEFAULT-VALUE}.")
          int weight,
      @Option(
              names = "--tokens-per-second",
              paramLabel = "X",
              description = "Tokens that it may generate per second and model.")
          Double tokensPerSecond,
      @Option(
              names = "--concurrent-requests",
              paramLabel = "N",
              description = "Requests under way; more wait in the prompts topic.")
          Integer concurrentRequests,
      @Option(
              names = "--captured-sites",
              paramLabel = "N",
              description = "Most sites whose raw activations a request may have recorded.")
          Integer capturedSites,
      @Option(
              names = "--rules",
              paramLabel = "N",
              description = "Rules of a model in force. Another number holds 30 s later.")
          Integer rules) {
    var quotas =
        new TenantSpec.Quotas(
            optional(producerBytes), optional(consumerBytes), optional(requestPercent));
    OptionalDouble tokens =
        tokensPerSecond == null ? OptionalDouble.empty() : OptionalDouble.of(tokensPerSecond);
    return say(
        reconciler ->
            create(
                reconciler,
                quotas,
                new TenantQuota(
                    name,
                    weight,
                    tokens,
                    optional(concurrentRequests),
                    optional(capturedSites),
                    RuleQuota.always(optional(rules)))));
  }

  private List<String> create(
      TenantReconciler reconciler, TenantSpec.Quotas quotas, TenantQuota use) {
    Map<TenantId, TenantSpec> all = tenants().read();
    var tenant = new TenantId(use.tenant());
    boolean isSuspended = all.containsKey(tenant) && all.get(tenant).isSuspended();
    TenantSpec made = new TenantSpec(tenant, isSuspended, quotas, use);
    all.put(tenant, made);
    List<String> changes = reconciler.reconcile(List.of(made));
    tenants().write(all);
    return changes;
  }

  private static OptionalLong optional(Long value) {
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }

  private static OptionalInt optional(Integer value) {
    return value == null ? OptionalInt.empty() : OptionalInt.of(value);
  }

  @Command(name = "apply", description = "Bring the cluster in line with the whole file.")
  int apply() {
    return say(reconciler -> reconciler.reconcile(tenants().read().values()));
  }

  @Command(name = "list", description = "List the tenants of the file and whether they exist.")
  int list() {
    return say(
        reconciler ->
            tenants().read().values().stream()
                .map(
                    tenant ->
                        tenant.tenant()
                            + (tenant.isSuspended() ? "  suspended" : "  active")
                            + (reconciler.exists(tenant.tenant()) ? "" : "  not created"))
                .toList());
  }

  @Command(name = "show", description = "Show the principals of a tenant and what they may do.")
  int show(@Parameters(paramLabel = "TENANT", description = "Its name.") String name) {
    return say(
        _ -> {
          TenantSpec tenant = known(tenants().read(), name);
          return TenantAcls.ROLES.stream().map(role -> shown(tenant, role)).toList();
        });
  }

  private String shown(TenantSpec tenant, Role role) {
    String user = TenantAcls.user(tenant.tenant(), role);
    String rights =
        Topics.ofTenant().stream()
            .map(kind -> kind.of(tenant.tenant()))
            .filter(topic -> !TenantAcls.allowed(topic, role, tenant.isSuspended()).isEmpty())
            .map(
                topic ->
                    topic.name()
                        + " "
                        + TenantAcls.allowed(topic, role, tenant.isSuspended()).stream()
                            .map(operation -> operation.name().toLowerCase(java.util.Locale.ROOT))
                            .sorted()
                            .collect(Collectors.joining("+")))
            .collect(Collectors.joining("\n  "));
    return user + "  " + secrets().file(user) + "\n  " + rights;
  }

  @Command(name = "rotate", description = "Give the principals of a tenant new passwords.")
  int rotate(@Parameters(paramLabel = "TENANT", description = "Its name.") String name) {
    return say(
        reconciler -> {
          TenantSpec tenant = known(tenants().read(), name);
          reconciler.rotate(tenant.tenant());
          return TenantAcls.users(tenant.tenant()).stream()
              .map(user -> "new password: " + secrets().file(user))
              .toList();
        });
  }

  @Command(
      name = "suspend",
      description = "Let a tenant read only, or, with --resume, write again.")
  int suspend(
      @Parameters(paramLabel = "TENANT", description = "Its name.") String name,
      @Option(names = "--resume", description = "End the suspension.") boolean isResumed) {
    return say(
        reconciler -> {
          Map<TenantId, TenantSpec> all = tenants().read();
          TenantSpec changed = known(all, name).suspended(!isResumed);
          all.put(changed.tenant(), changed);
          List<String> changes = reconciler.reconcile(List.of(changed));
          tenants().write(all);
          return changes;
        });
  }

  @Command(
      name = "delete",
      description = "Delete a suspended tenant with everything on its topics.")
  int delete(
      @Parameters(paramLabel = "TENANT", description = "Its name.") String name,
      @Option(
              names = "--no-wait",
              description = {
                "Do not wait until nothing of it is left in Steerage's own topics either;",
                "what is left then goes as others write."
              })
          boolean isHasty) {
    return say(
        reconciler -> {
          Map<TenantId, TenantSpec> all = tenants().read();
          TenantSpec gone = known(all, name);
          if (!gone.isSuspended()) {
            throw new BrokerException("suspend it first, and let its requests end: tenant=" + name);
          }
          reconciler.delete(gone.tenant());
          all.remove(gone.tenant());
          tenants().write(all);
          List<String> said = new ArrayList<>();
          said.add(gone.tenant() + ": topics, principals, ACLs and quotas deleted");
          if (!isHasty) {
            said.add(awaitErased(reconciler, gone.tenant()));
          }
          return said;
        });
  }

  private static String awaitErased(TenantReconciler reconciler, TenantId tenant) {
    long begun = System.nanoTime();
    int left = reconciler.erase(tenant);
    while (left > 0) {
      if (System.nanoTime() - begun > ERASED_IN.toNanos()) {
        throw new BrokerException(
            "tenant=" + tenant + ": " + left + " records left after " + ERASED_IN);
      }
      LockSupport.parkNanos(LOOK.toNanos());
      left = reconciler.erase(tenant);
    }
    return tenant
        + ": nothing left in Steerage's own topics after "
        + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun)
        + " s";
  }

  @Command(
      name = "services",
      description = "Make the principals and ACLs of Steerage's own services.")
  int services() {
    return say(TenantReconciler::reconcileServices);
  }

  @Command(
      name = "probe",
      description = {
        "Try, as the principals of a tenant, to read, write, steer and infer another.",
        "Exit code 0: the broker refused every attempt. 1: one was not refused."
      })
  int probe(
      @Parameters(paramLabel = "TENANT", description = "Who tries.") String from,
      @Parameters(paramLabel = "OTHER", description = "Whom it tries it on.") String victim,
      @Option(names = "--all", description = "Show every attempt, not only a summary.")
          boolean isAll) {
    PrintWriter out = spec.commandLine().getOut();
    List<TenantProbe.Attempt> attempts =
        new TenantProbe(bootstrap(), secrets()).probe(new TenantId(from), new TenantId(victim));
    attempts.stream()
        .collect(
            Collectors.groupingBy(
                TenantProbe.Attempt::what, LinkedHashMap::new, Collectors.toList()))
        .forEach(
            (what, some) ->
                out.printf(
                    "%-36s %3d attempts, %3d refused%n",
                    what,
                    some.size(),
                    some.stream().filter(TenantProbe.Attempt::isRefused).count()));
    List<TenantProbe.Attempt> open = attempts.stream().filter(one -> !one.isRefused()).toList();
    for (TenantProbe.Attempt one : isAll ? attempts : open) {
      out.printf(
          "%-12s %-36s %-44s %s%n",
          one.who(), one.what(), one.target(), one.isRefused() ? "refused" : one.answer());
    }
    out.println(
        open.isEmpty()
            ? "refused: all " + attempts.size() + " attempts of " + from + " on " + victim
            : "NOT refused: " + open.size() + " of " + attempts.size());
    out.flush();
    return open.isEmpty() ? 0 : 1;
  }
}
