package dev.steerage.index.store;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.index.store.TenantShard.Concept;
import dev.steerage.schemas.topic.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// SHA-256 of what an index knows from committed records: how far it read, counts, positions, since
/// when, concepts. Two indexes that read the same records have the same digest, in whatever order
/// the partitions came.
///
/// Left out: the overlay; contexts, recent requests and tokens fired on, of which an index keeps
/// what came last or what a bounded counter kept; labels, which are their topic.
public final class StateDigest {
  private static final int BUFFER_BYTES = 1 << 16;

  private final MessageDigest sha = sha256();
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);

  private StateDigest() {}

  /// @param tenant empty: of all tenants
  /// @throws dev.steerage.schemas.index.LookupException if the tenant is not known
  public static byte[] of(CodeIndex index, String tenant) {
    var digest = new StateDigest();
    if (tenant.isEmpty()) {
      new TreeMap<>(index.shards()).values().forEach(digest::shard);
    } else {
      new Lookups(index).checkTenant(tenant);
      digest.shard(index.shard(tenant));
    }
    digest.flush();
    return digest.sha.digest();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private void shard(TenantShard shard) {
    text(shard.tenant);
    for (Map.Entry<String, long[]> topic : new TreeMap<>(shard.progress).entrySet()) {
      if (Topics.LABELS.tenantOf(topic.getKey()).isEmpty()) {
        text(topic.getKey());
        Arrays.stream(topic.getValue()).forEach(this::number);
      }
    }
    List<Concept> concepts = List.copyOf(new TreeMap<>(shard.concepts).values());
    number(concepts.size());
    concepts.forEach(this::concept);
    for (ModelCounts counts : new TreeMap<>(shard.models).values()) {
      // Live frames alone make counts too.
      if (counts.knownSinceMs > 0) {
        counts(counts);
      }
    }
  }

  private void concept(Concept concept) {
    text(concept.name());
    text(concept.model());
    number(concept.revision());
    number(concept.codes().size());
    for (Code code : concept.codes()) {
      text(code.toString());
    }
  }

  private void counts(ModelCounts counts) {
    text(counts.model.name());
    number(counts.model.hashPrefix());
    number(counts.knownSinceMs);
    List<SiteShape> sites = counts.model.shape().sites();
    for (int site = 0; site < sites.size(); site++) {
      text(sites.get(site).site().toString());
      number(counts.committedPositions[site]);
      CodeBlock[] blocks = counts.blocks(site);
      for (int i = 0; i < blocks.length; i++) {
        if (blocks[i] != null) {
          codes(i * CodeBlock.CODES, blocks[i]);
        }
      }
    }
  }

  private void codes(int first, CodeBlock block) {
    for (int code = 0; code < CodeBlock.CODES; code++) {
      // Blocks are made by live frames too: a code without a committed firing says nothing.
      if (block.committed(code) > 0) {
        number(first + code);
        number(block.committed(code));
      }
    }
  }

  private void text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    number(utf8.length);
    flush();
    sha.update(utf8);
  }

  private void number(long value) {
    if (buffer.remaining() < Long.BYTES) {
      flush();
    }
    buffer.putLong(value);
  }

  private void flush() {
    sha.update(buffer.array(), 0, buffer.position());
    buffer.clear();
  }
}
