package dev.steerage.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.topic.Topics;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Topics are as the catalogue says, however often they are asked for.
@Timeout(60)
class ProvisionerIT {

  private static final String RULES = Topics.RULES.of(TenantId.DEFAULT).name();

  @TempDir Path data;
  private EmbeddedBroker broker;
  private Admin admin;
  private Provisioner provisioner;

  @BeforeEach
  void start() {
    broker = EmbeddedBroker.start(BrokerConfig.of(data));
    admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()));
    provisioner = Provisioner.connect(broker.bootstrap());
  }

  @AfterEach
  void stop() {
    provisioner.close();
    admin.close();
    broker.close();
  }

  @Test
  void shouldMakeCatalogueTopicsOnce() throws Exception {
    provisioner.ensurePlatform();
    provisioner.ensureTenant(TenantId.DEFAULT);
    provisioner.ensureModel("tokfsm");
    Set<String> once = get(admin.listTopics().names());

    provisioner.ensurePlatform();
    provisioner.ensureTenant(TenantId.DEFAULT);
    provisioner.ensureModel("tokfsm");

    assertThat(get(admin.listTopics().names()))
        .isEqualTo(once)
        .hasSize(Topics.platform().size() + Topics.ofTenant().size() + 2)
        .contains(RULES, Topics.work("tokfsm").name());
  }

  @Test
  void shouldKeepRuleLogForEverInOnePartition() throws Exception {
    provisioner.ensureTenant(TenantId.DEFAULT);

    assertThat(get(admin.describeTopics(List.of(RULES)).allTopicNames()).get(RULES).partitions())
        .hasSize(1);
    assertThat(setting(RULES, "cleanup.policy")).isEqualTo("delete");
    assertThat(setting(RULES, "retention.ms")).isEqualTo("-1");
    assertThat(setting(RULES, "message.timestamp.type")).isEqualTo("LogAppendTime");
  }

  @Test
  void shouldBringChangedSettingsBackInLine() throws Exception {
    provisioner.ensureTenant(TenantId.DEFAULT);
    var change =
        new AlterConfigOp(new ConfigEntry("retention.ms", "1000"), AlterConfigOp.OpType.SET);
    get(admin.incrementalAlterConfigs(Map.of(resource(RULES), List.of(change))).all());

    provisioner.ensureTenant(TenantId.DEFAULT);

    assertThat(setting(RULES, "retention.ms")).isEqualTo("-1");
  }

  @Test
  void shouldRefuseTopicWithOtherPartitionCount() throws Exception {
    get(admin.createTopics(List.of(new NewTopic(RULES, Optional.of(3), Optional.empty()))).all());

    assertThatThrownBy(() -> provisioner.ensureTenant(TenantId.DEFAULT))
        .isInstanceOf(BrokerException.class)
        .hasMessageContaining(RULES)
        .hasMessageContaining("expected=1, found=3");
  }

  private String setting(String topic, String key) throws Exception {
    return get(admin.describeConfigs(List.of(resource(topic))).all())
        .get(resource(topic))
        .get(key)
        .value();
  }

  private static ConfigResource resource(String topic) {
    return new ConfigResource(ConfigResource.Type.TOPIC, topic);
  }

  private static <T> T get(KafkaFuture<T> future) throws Exception {
    return future.get(20, TimeUnit.SECONDS);
  }
}
