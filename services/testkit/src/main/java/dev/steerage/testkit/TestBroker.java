package dev.steerage.testkit;

import dev.steerage.broker.BrokerConfig;
import dev.steerage.broker.EmbeddedBroker;
import dev.steerage.broker.Provisioner;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.topic.Topic;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// A broker for tests: a folder that vanishes, topics, and plain clients.
public final class TestBroker implements AutoCloseable {

  private static final long SEND_TIMEOUT_S = 30;

  private final ScratchFolder folder;
  private final AtomicInteger tenants = new AtomicInteger();
  private EmbeddedBroker broker;
  private Provisioner provisioner;
  private KafkaProducer<byte[], byte[]> producer;

  private TestBroker(ScratchFolder folder) {
    this.folder = folder;
    open();
  }

  /// Starts a broker outside a test class: for benchmarks.
  public static TestBroker start(List<String> tenants) {
    var started = new TestBroker(ScratchFolder.create());
    tenants.forEach(name -> started.provision(new TenantId(name)));
    return started;
  }

  private void open() {
    broker = EmbeddedBroker.start(BrokerConfig.of(folder.path()));
    provisioner = Provisioner.connect(bootstrap());
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrap(), "linger.ms", 0),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  public String bootstrap() {
    return broker.bootstrap();
  }

  /// The properties that every client of this broker needs.
  public Map<String, String> clientProperties() {
    return Map.of("bootstrap.servers", bootstrap());
  }

  /// Makes these topics; does nothing for those that exist.
  public void provision(Collection<? extends Topic<?, ?>> topics) {
    provisioner.ensure(topics);
  }

  /// Makes the topics of a tenant, and the platform's.
  public void provision(TenantId tenant) {
    provisioner.ensurePlatform();
    provisioner.ensureTenant(tenant);
  }

  /// A tenant that no other test has seen, with all its topics.
  public TenantId newTenant() {
    var tenant = new TenantId("test-" + tenants.incrementAndGet());
    provision(tenant);
    return tenant;
  }

  /// Sends one record and waits until the broker has it.
  public <K, V> RecordMetadata send(Topic<K, V> topic, K key, V value) {
    return send(
        new ProducerRecord<>(
            topic.name(),
            topic.key().serializer().serialize(topic.name(), key),
            topic.value().serializer().serialize(topic.name(), value)));
  }

  /// Sends one record as it is, for headers, wrong bytes and chosen partitions.
  public RecordMetadata send(ProducerRecord<byte[], byte[]> record) {
    Future<RecordMetadata> sent = producer.send(record);
    try {
      return sent.get(SEND_TIMEOUT_S, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("record not taken: topic=" + record.topic(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while sending: topic=" + record.topic(), e);
    }
  }

  /// Reads a topic from its first record on, as a `read_committed` reader.
  public <K, V> TopicReader<K, V> read(Topic<K, V> topic) {
    return TopicReader.committed(bootstrap(), topic);
  }

  /// Stops the broker as a clean shutdown does and starts it again, same data, same address.
  public void restart() {
    stop();
    open();
  }

  private void stop() {
    producer.close();
    provisioner.close();
    broker.close();
  }

  @Override
  public void close() {
    stop();
    folder.close();
  }
}
