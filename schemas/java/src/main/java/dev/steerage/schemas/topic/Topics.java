package dev.steerage.schemas.topic;

import static dev.steerage.schemas.topic.TopicSettings.Role.APP;
import static dev.steerage.schemas.topic.TopicSettings.Role.POLICY;
import static dev.steerage.schemas.topic.TopicSettings.Role.SERVICE;
import static dev.steerage.schemas.topic.TopicSettings.Role.VIEWER;

import dev.steerage.domain.monitor.Monitor;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.codec.Codec;
import dev.steerage.schemas.codec.JsonCodec;
import dev.steerage.schemas.codec.RawCodec;
import dev.steerage.schemas.json.CompletionJson;
import dev.steerage.schemas.json.LabelJson;
import dev.steerage.schemas.json.MonitorJson;
import dev.steerage.schemas.json.PlatformJson;
import dev.steerage.schemas.json.PromptJson;
import dev.steerage.schemas.json.PublishedSchema;
import dev.steerage.schemas.json.RuleJson;
import dev.steerage.schemas.message.Alert;
import dev.steerage.schemas.message.CodeLabel;
import dev.steerage.schemas.message.CodeStatistics;
import dev.steerage.schemas.message.Command;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.ModelCard;
import dev.steerage.schemas.message.MonitorEdge;
import dev.steerage.schemas.message.Prompt;
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.schemas.message.SessionState;
import dev.steerage.schemas.message.TenantQuota;
import dev.steerage.schemas.message.Work;
import dev.steerage.schemas.topic.TopicSettings.Cleanup;
import dev.steerage.schemas.topic.TopicSettings.Role;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Utils;

/// Every topic, with its partitions, retention, cleanup, largest record and roles. Constants are
/// the catalogue: topics are made from it, ACLs are generated from it and `asyncapi.yaml` is
/// compared with it.
public final class Topics {
  /// How long completions, prompts and so request ids are kept.
  public static final Duration CONVERSATION_RETENTION = Duration.ofDays(7);

  /// How long a session can be continued after its last turn at most.
  public static final Duration SESSION_RETENTION = Duration.ofHours(24);

  /// Largest prompt, command or rule that is acted on. The broker takes larger ones, so that their
  /// writer gets an answer with a reason instead of a client error.
  public static final int MAX_REQUEST_BYTES = 256 * 1024;

  /// Largest record of any other topic.
  public static final int MAX_RECORD_BYTES = 1024 * 1024;

  /// The key of a record without value that only closes a segment, in any internal topic: readers
  /// skip it.
  public static final String ERASURE = "steerage-erasure";

  /// Prompts and what comes of them are shared out over instances and readers.
  private static final int SHARED_OUT = 4;

  /// Raw ids: many bytes, few readers.
  private static final int RAW = 2;

  /// What a tenant has little of: each partition costs every broker an open file and two maps, and
  /// a thousand tenants have a thousand times as many.
  private static final int FEW = 1;

  private static final int WORK_PARTITIONS = 8;
  private static final int HISTOGRAM_PARTITIONS = 8;
  private static final Pattern MODEL = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Serde<String> TEXT = Serdes.String();
  private static final Serde<byte[]> BYTES = Serdes.ByteArray();

  /// Requests for completions.
  public static final TenantTopic<String, Prompt> PROMPTS =
      tenant(
          "prompts",
          JsonCodec.checked(
              MAX_REQUEST_BYTES, PublishedSchema.PROMPT, PromptJson::read, PromptJson::write),
          settings(SHARED_OUT, CONVERSATION_RETENTION, MAX_RECORD_BYTES, Set.of(APP), Set.of()));

  /// One-shot orders about one request.
  public static final TenantTopic<String, Command> COMMANDS =
      tenant(
          "commands",
          JsonCodec.checked(
              MAX_REQUEST_BYTES,
              PublishedSchema.COMMAND,
              PromptJson::readCommand,
              PromptJson::writeCommand),
          settings(FEW, CONVERSATION_RETENTION, MAX_RECORD_BYTES, Set.of(APP, POLICY), Set.of()));

  /// The rule log: one partition, kept for ever, never compacted, never written in a transaction.
  /// It is the audit log, and its offsets are the revisions.
  public static final TenantTopic<String, RuleChange> RULES =
      tenant(
          "rules",
          JsonCodec.checked(
              MAX_REQUEST_BYTES, PublishedSchema.RULE, RuleJson::readChange, RuleJson::writeChange),
          new TopicSettings(
              1,
              Cleanup.NONE,
              Optional.empty(),
              MAX_RECORD_BYTES,
              // Steerage itself writes the rules of monitors.
              Set.of(POLICY, SERVICE),
              Set.of(POLICY, VIEWER, SERVICE)));

  /// What became of rules and commands.
  public static final TenantTopic<String, RuleAck> RULE_ACKS =
      tenant(
          "rule-acks",
          JsonCodec.trusted(CompletionJson::readAck, CompletionJson::writeAck),
          settings(
              FEW,
              Duration.ofDays(30),
              MAX_RECORD_BYTES,
              Set.of(SERVICE),
              Set.of(APP, POLICY, VIEWER)));

  /// What happened to requests, token by token.
  public static final TenantTopic<String, Completion> COMPLETIONS =
      tenant(
          "completions",
          JsonCodec.trusted(CompletionJson::read, CompletionJson::write),
          settings(
              SHARED_OUT,
              CONVERSATION_RETENTION,
              MAX_RECORD_BYTES,
              Set.of(SERVICE),
              Set.of(APP, VIEWER)));

  /// Raw natural ids and overwritten slots: SBE, read with `ActivationsDecoder`.
  public static final TenantTopic<String, byte[]> ACTIVATIONS =
      tenant(
          "activations",
          RawCodec.BYTES,
          settings(
              RAW, Duration.ofHours(24), MAX_RECORD_BYTES, Set.of(SERVICE), Set.of(APP, VIEWER)));

  /// Windowed counts per model and site; the key is [#statisticsKey].
  public static final TenantTopic<String, CodeStatistics> CODE_STATISTICS =
      tenant(
          "code-statistics",
          JsonCodec.trusted(PlatformJson::readStatistics, PlatformJson::writeStatistics),
          settings(
              FEW,
              CONVERSATION_RETENTION,
              MAX_RECORD_BYTES,
              Set.of(SERVICE),
              Set.of(APP, POLICY, VIEWER)));

  /// Bounds that were crossed.
  public static final TenantTopic<String, Alert> ALERTS =
      tenant(
          "alerts",
          JsonCodec.trusted(PlatformJson::readAlert, PlatformJson::writeAlert),
          settings(
              FEW,
              Duration.ofDays(30),
              MAX_RECORD_BYTES,
              Set.of(SERVICE),
              Set.of(APP, POLICY, VIEWER)));

  /// Records that nobody could act on, untouched; headers as in
  /// [dev.steerage.schemas.message.DeadLetter].
  public static final TenantTopic<byte[], byte[]> DEAD_LETTERS =
      new TenantTopic<>(
          "dead-letters",
          BYTES,
          RawCodec.BYTES,
          // An untouched record of the largest size, and its headers.
          settings(
              FEW,
              Duration.ofDays(30),
              2 * MAX_RECORD_BYTES,
              Set.of(SERVICE),
              Set.of(APP, POLICY)));

  /// Metrics of the trainer.
  public static final TenantTopic<String, byte[]> TRAINING =
      tenant(
          "training",
          RawCodec.BYTES,
          settings(
              FEW, Duration.ofDays(30), MAX_RECORD_BYTES, Set.of(SERVICE), Set.of(APP, VIEWER)));

  /// What people call codes; the key is [CodeLabel#key].
  public static final TenantTopic<String, CodeLabel> LABELS =
      tenant(
          "labels",
          JsonCodec.checked(
              MAX_REQUEST_BYTES, PublishedSchema.LABEL, LabelJson::read, LabelJson::write),
          new TopicSettings(
              1,
              Cleanup.COMPACT,
              Optional.empty(),
              MAX_RECORD_BYTES,
              Set.of(APP, POLICY),
              Set.of(APP, POLICY, VIEWER, SERVICE)));

  /// What the platform calls codes, for all tenants; the key is [CodeLabel#key]. No service writes
  /// it: only the platform's administrator may.
  public static final Topic<String, CodeLabel> PLATFORM_LABELS =
      new Topic<>(
          "steerage.labels",
          TEXT,
          LABELS.value(),
          new TopicSettings(
              1,
              Cleanup.COMPACT,
              Optional.empty(),
              MAX_RECORD_BYTES,
              Set.of(SERVICE),
              Set.of(APP, POLICY, VIEWER, SERVICE)));

  /// The models that workers serve; readable by all.
  public static final Topic<String, ModelCard> MODELS =
      new Topic<>(
          "steerage.models",
          TEXT,
          JsonCodec.trusted(PlatformJson::readModel, PlatformJson::writeModel),
          new TopicSettings(
              1,
              Cleanup.COMPACT,
              Optional.empty(),
              MAX_RECORD_BYTES,
              Set.of(SERVICE),
              Set.of(APP, POLICY, VIEWER, SERVICE)));

  /// Exact histograms per tick, tenant and block of sites: SBE, read with `HistogramDecoder`; the
  /// key is [#histogramKey]. An empty value only says the broker's time, so that windows of an idle
  /// partition close: readers skip it.
  public static final Topic<String, byte[]> HISTOGRAMS =
      new Topic<>(
          "steerage-internal.activations",
          TEXT,
          RawCodec.BYTES,
          new TopicSettings(
              HISTOGRAM_PARTITIONS,
              Cleanup.DELETE,
              Optional.of(Duration.ofHours(24)),
              MAX_RECORD_BYTES,
              Set.of(SERVICE),
              Set.of(SERVICE)));

  /// Every tenant's monitors as the workers accepted them, concepts replaced by their codes; the
  /// key is [#monitorKey], the partition [#monitorPartition]. People write monitors to their rule
  /// log.
  public static final Topic<String, Monitor> MONITORS =
      new Topic<>(
          "steerage-internal.monitors",
          TEXT,
          JsonCodec.trusted(MonitorJson::read, MonitorJson::write),
          internal(Cleanup.COMPACT, Optional.empty()));

  /// The natural codes that monitors watch, request by request; the key is the tenant, headers are
  /// those of [dev.steerage.schemas.message.Observation].
  public static final Topic<String, byte[]> OBSERVATIONS =
      new Topic<>(
          "steerage-internal.observations",
          TEXT,
          RawCodec.BYTES,
          internal(Cleanup.DELETE, Optional.of(Duration.ofHours(24))));

  /// Rule changes that edges of monitors ask for, on their way to the rule logs; the key is
  /// [#monitorKey].
  public static final Topic<String, MonitorEdge> MONITOR_EDGES =
      new Topic<>(
          "steerage-internal.monitor-edges",
          TEXT,
          JsonCodec.trusted(MonitorJson::readEdge, MonitorJson::writeEdge),
          internal(Cleanup.DELETE, Optional.of(Duration.ofDays(7))));

  /// What tenants may use; no value: the tenant was deleted.
  public static final Topic<String, TenantQuota> TENANTS =
      new Topic<>(
          "steerage-internal.tenants",
          TEXT,
          JsonCodec.trusted(PlatformJson::readQuota, PlatformJson::writeQuota),
          new TopicSettings(
              1,
              Cleanup.COMPACT,
              Optional.empty(),
              MAX_RECORD_BYTES,
              Set.of(SERVICE),
              Set.of(SERVICE)));

  private static final Codec<Work> WORK_CODEC =
      JsonCodec.trusted(PromptJson::readWork, PromptJson::writeWork);
  private static final Codec<SessionState> SESSION_CODEC =
      JsonCodec.trusted(PlatformJson::readSession, PlatformJson::writeSession);
  private static final String WORK_PREFIX = "steerage-internal.work.";
  private static final String SESSIONS_PREFIX = "steerage-internal.sessions.";

  private Topics() {}

  /// Admitted prompts of one model; the partition is that of [#workKey], the key that too, for a
  /// turn of a session with `/<request>` behind it. No two records have one key: compaction only
  /// takes away what is followed by a record without value, when a tenant is deleted.
  ///
  /// @throws IllegalArgumentException if the name is not `[A-Za-z0-9._-]{1,64}`
  public static Topic<String, Work> work(String model) {
    requireModelName(model);
    return new Topic<>(
        WORK_PREFIX + model,
        TEXT,
        WORK_CODEC,
        new TopicSettings(
            WORK_PARTITIONS,
            Cleanup.COMPACT,
            Optional.of(CONVERSATION_RETENTION),
            MAX_RECORD_BYTES,
            Set.of(SERVICE),
            Set.of(SERVICE)));
  }

  /// What the sessions of one model have come to; the key is [#workKey]. Its partitions are those
  /// of [#work]: a session's state lies in the partition of the same number as its turns, so that
  /// who takes over the turns reads one partition.
  ///
  /// @throws IllegalArgumentException if the name is not `[A-Za-z0-9._-]{1,64}`
  public static Topic<String, SessionState> sessions(String model) {
    requireModelName(model);
    return new Topic<>(
        SESSIONS_PREFIX + model,
        TEXT,
        SESSION_CODEC,
        new TopicSettings(
            WORK_PARTITIONS,
            Cleanup.COMPACT,
            Optional.of(SESSION_RETENTION),
            MAX_RECORD_BYTES,
            Set.of(SERVICE),
            Set.of(SERVICE)));
  }

  /// Every topic that a model has.
  public static List<Topic<?, ?>> ofModel(String model) {
    return List.of(work(model), sessions(model));
  }

  private static void requireModelName(String model) {
    if (!isModelName(model)) {
      throw new IllegalArgumentException("model: name='" + model + "', expected " + MODEL);
    }
  }

  /// Whether a model can have this name.
  public static boolean isModelName(String model) {
    return MODEL.matcher(model).matches();
  }

  /// The consumer group of a model's workers. What its offsets say of unfinished requests:
  /// [CommitMetadata].
  public static String workGroup(String model) {
    requireModelName(model);
    return "steerage-worker." + model;
  }

  /// The model of a work topic.
  public static Optional<String> modelOfWork(String topicName) {
    return topicName.startsWith(WORK_PREFIX)
        ? Optional.of(topicName.substring(WORK_PREFIX.length()))
        : Optional.empty();
  }

  /// The model of a sessions topic.
  public static Optional<String> modelOfSessions(String topicName) {
    return topicName.startsWith(SESSIONS_PREFIX)
        ? Optional.of(topicName.substring(SESSIONS_PREFIX.length()))
        : Optional.empty();
  }

  /// Every topic that a tenant has.
  public static List<TenantTopic<?, ?>> ofTenant() {
    return List.of(
        PROMPTS,
        COMMANDS,
        RULES,
        RULE_ACKS,
        COMPLETIONS,
        ACTIVATIONS,
        CODE_STATISTICS,
        ALERTS,
        DEAD_LETTERS,
        TRAINING,
        LABELS);
  }

  /// Every topic that exists once; [#ofModel] comes on top for each model.
  public static List<Topic<?, ?>> platform() {
    return List.of(
        MODELS, PLATFORM_LABELS, HISTOGRAMS, MONITORS, OBSERVATIONS, MONITOR_EDGES, TENANTS);
  }

  /// The key of admitted prompts: turns of one session stay in order.
  ///
  /// @param session the session, or the request id of a prompt without one
  public static String workKey(TenantId tenant, String session) {
    return tenant.name() + "/" + session;
  }

  /// The partition of [#work] and [#sessions] that a [#workKey] is in.
  public static int workPartition(String workKey) {
    return partition(workKey, WORK_PARTITIONS);
  }

  /// The key of a histogram record: one writer order per tenant, model and block of sites.
  public static String histogramKey(TenantId tenant, String model, int siteBlock) {
    return tenant.name() + "/" + model + "/" + siteBlock;
  }

  /// The key of code statistics.
  public static String statisticsKey(String model, String site, long windowMs, long windowStartMs) {
    return model + "/" + site + "/" + windowMs + "/" + windowStartMs;
  }

  /// The key of a monitor.
  public static String monitorKey(TenantId tenant, String monitor) {
    return tenant.name() + "/" + monitor;
  }

  /// The key of a record without content that has services forget a deleted tenant, and closes
  /// segments; on [#HISTOGRAMS] and [#OBSERVATIONS]. No tenant's name begins so.
  public static String erasureKey(TenantId tenant) {
    return ERASURE + "/" + tenant.name();
  }

  /// The tenant that an [#erasureKey] names.
  public static Optional<TenantId> erased(String key) {
    String prefix = ERASURE + "/";
    return key.startsWith(prefix) && TenantId.isName(key.substring(prefix.length()))
        ? Optional.of(new TenantId(key.substring(prefix.length())))
        : Optional.empty();
  }

  /// The partition of [#MONITORS] and [#OBSERVATIONS] that all of a tenant is in: where the default
  /// partitioner puts a record whose key is the tenant.
  public static int monitorPartition(TenantId tenant) {
    return partition(tenant.name(), HISTOGRAM_PARTITIONS);
  }

  /// The partition in which the default partitioner puts a record with this key.
  public static int partition(String key, int partitions) {
    byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
    return Utils.toPositive(Utils.murmur2(bytes)) % partitions;
  }

  private static TopicSettings internal(Cleanup cleanup, Optional<Duration> retention) {
    return new TopicSettings(
        HISTOGRAM_PARTITIONS,
        cleanup,
        retention,
        MAX_RECORD_BYTES,
        Set.of(SERVICE),
        Set.of(SERVICE));
  }

  private static <V> TenantTopic<String, V> tenant(
      String suffix, Codec<V> value, TopicSettings settings) {
    return new TenantTopic<>(suffix, TEXT, value, settings);
  }

  /// Steerage's own services read every topic.
  private static TopicSettings settings(
      int partitions,
      Duration retention,
      int maxRecordBytes,
      Set<Role> writers,
      Set<Role> readers) {
    Set<Role> all = new HashSet<>(readers);
    all.add(SERVICE);
    return new TopicSettings(
        partitions, Cleanup.DELETE, Optional.of(retention), maxRecordBytes, writers, all);
  }
}
