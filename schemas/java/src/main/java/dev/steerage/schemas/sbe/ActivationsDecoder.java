package dev.steerage.schemas.sbe;

import dev.steerage.domain.codebook.Component;
import dev.steerage.domain.codebook.Site;
import dev.steerage.schemas.sbe.activations.ActivationsFrameDecoder;
import dev.steerage.schemas.sbe.activations.ActivationsFrameDecoder.OverwrittenDecoder;
import dev.steerage.schemas.sbe.activations.ActivationsFrameDecoder.RulesDecoder;
import dev.steerage.schemas.sbe.activations.ActivationsFrameDecoder.SitesDecoder;
import dev.steerage.schemas.sbe.activations.MessageHeaderDecoder;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/// Reads activation messages. [#wrap] checks every length before anything is read; after it was
/// empty, all other methods may be called with indexes below the counts that they give.
public final class ActivationsDecoder {
  private static final Component[] COMPONENTS = Component.values();

  private final Walk walk = new Walk();
  private final MessageHeaderDecoder messageHeader = new MessageHeaderDecoder();
  private final ActivationsFrameDecoder frame = new ActivationsFrameDecoder();
  private final UnsafeBuffer bytes = new UnsafeBuffer();
  private DirectBuffer buffer;
  private int sites;
  private int sitesAt;
  private int siteStride;
  private int[] slotOffsets = new int[64];
  private int overwrites;
  private int overwrittenAt;
  private int overwrittenStride;
  private int rules;
  private int rulesAt;
  private int ruleBlock;
  private int tenantAt;
  private int modelAt;
  private int requestAt;
  private int tokensAt;
  private int codesAt;
  private int positions;

  /// Starts reading a message; why that is impossible, or empty.
  public Optional<Corrupt> wrap(byte[] message) {
    bytes.wrap(message);
    return wrap(bytes, 0, message.length);
  }

  /// Starts reading a message; why that is impossible, or empty. The buffer must not change until
  /// the last read.
  public Optional<Corrupt> wrap(DirectBuffer newBuffer, int offset, int length) {
    buffer = newBuffer;
    walk.start(newBuffer, offset, length);
    walk.skip("header", MessageHeaderDecoder.ENCODED_LENGTH);
    if (walk.isIntact()) {
      checkHeader(offset);
    }
    if (walk.isIntact()) {
      walkParts();
    }
    return walk.isIntact() ? Optional.empty() : Optional.of(new Corrupt(walk.reason()));
  }

  private void checkHeader(int offset) {
    messageHeader.wrap(buffer, offset);
    if (messageHeader.schemaId() != ActivationsFrameDecoder.SCHEMA_ID
        || messageHeader.templateId() != ActivationsFrameDecoder.TEMPLATE_ID) {
      walk.fail("another message");
    } else if (messageHeader.blockLength() < ActivationsFrameDecoder.BLOCK_LENGTH) {
      walk.fail("block length: message");
    } else {
      int block = walk.position();
      walk.skip("block", messageHeader.blockLength());
      if (walk.isIntact()) {
        frame.wrap(buffer, block, messageHeader.blockLength(), messageHeader.version());
      }
    }
  }

  private void walkParts() {
    int dimensions = walk.position();
    sites = walk.group("sites", SitesDecoder.sbeBlockLength());
    siteStride = walk.isIntact() ? walk.blockLength(dimensions) : 0;
    sitesAt = walk.position();
    walk.skip("sites", (long) sites * siteStride);
    dimensions = walk.position();
    overwrites = walk.group("overwritten", OverwrittenDecoder.sbeBlockLength());
    overwrittenStride = walk.isIntact() ? walk.blockLength(dimensions) : 0;
    overwrittenAt = walk.position();
    walk.skip("overwritten", (long) overwrites * overwrittenStride);
    dimensions = walk.position();
    rules = walk.group("rules", RulesDecoder.sbeBlockLength());
    ruleBlock = walk.isIntact() ? walk.blockLength(dimensions) : 0;
    rulesAt = walk.position();
    for (int i = 0; i < rules && walk.isIntact(); i++) {
      walk.skip("rules", ruleBlock);
      walk.text("rules");
    }
    tenantAt = walk.position();
    walk.text("tenant");
    modelAt = walk.position();
    walk.text("model");
    requestAt = walk.position();
    walk.text("request");
    tokensAt = walk.position() + 4;
    positions = walk.bytes("tokens") / 4;
    codesAt = walk.position() + 4;
    int codeBytes = walk.bytes("codes");
    // Newer versions may add data fields; they are not looked at.
    if (walk.isIntact() && messageHeader.version() == ActivationsFrameDecoder.SCHEMA_VERSION) {
      walk.end();
    }
    if (walk.isIntact()) {
      checkContent(codeBytes);
    }
  }

  private void checkContent(int codeBytes) {
    if (slotOffsets.length <= sites) {
      slotOffsets = Arrays.copyOf(slotOffsets, 2 * sites);
    }
    int slots = 0;
    for (int site = 0; site < sites; site++) {
      slotOffsets[site] = slots;
      slots += slots(site);
      if (componentOrdinal(site) >= COMPONENTS.length || head(site) < Site.NO_HEAD) {
        walk.fail("site");
      }
    }
    slotOffsets[sites] = slots;
    int width = frame.codeWidth();
    if (width != 2 && width != 4) {
      walk.fail("code width");
    } else if ((long) positions * slots * width != codeBytes) {
      walk.fail("codes: bytes do not fit positions and sites");
    }
    for (int i = 0; i < overwrites; i++) {
      int rule = overwrittenRuleIndex(i);
      if (rule >= rules && rule != ActivationsEncoder.NO_RULE) {
        walk.fail("overwritten: unknown rule");
      }
    }
  }

  /// Tick of the worker that wrote the message, epoch milliseconds.
  public long tickMs() {
    return frame.tickMs();
  }

  /// First 8 bytes of the model's hash.
  public long modelHashPrefix() {
    return frame.modelHashPrefix();
  }

  /// Attempt of the request, from 1.
  public int attempt() {
    return frame.attempt();
  }

  /// Tokens of the prompt.
  public int promptLength() {
    return (int) frame.promptLength();
  }

  /// Absolute position of the first token.
  public int firstPosition() {
    return (int) frame.firstPosition();
  }

  /// The tenant; on Kafka the name of the topic decides.
  public String tenant() {
    return text(tenantAt);
  }

  public String model() {
    return text(modelAt);
  }

  public String request() {
    return text(requestAt);
  }

  /// Number of consecutive positions.
  public int positions() {
    return positions;
  }

  /// The token id read at the `i`th position of the message.
  public int token(int i) {
    return buffer.getInt(tokensAt + 4 * i, ByteOrder.LITTLE_ENDIAN);
  }

  /// Number of captured sites.
  public int sites() {
    return sites;
  }

  /// Index in the model's list of sites.
  public int siteIndex(int site) {
    return unsigned16(sitesAt + site * siteStride + SitesDecoder.siteIndexEncodingOffset());
  }

  /// The site's name as a value; allocates.
  public Site site(int site) {
    int layer = unsigned16(sitesAt + site * siteStride + SitesDecoder.layerEncodingOffset());
    return new Site(layer, COMPONENTS[componentOrdinal(site)], head(site));
  }

  /// Active codes per position (k).
  public int slots(int site) {
    return buffer.getByte(sitesAt + site * siteStride + SitesDecoder.slotsEncodingOffset()) & 0xFF;
  }

  /// The natural code at the `i`th position of the message.
  public int code(int i, int site, int slot) {
    int index = i * slotOffsets[sites] + slotOffsets[site] + slot;
    return frame.codeWidth() == 2
        ? unsigned16(codesAt + 2 * index)
        : buffer.getInt(codesAt + 4 * index, ByteOrder.LITTLE_ENDIAN);
  }

  /// All natural codes at the `i`th position of the message, site by site.
  public void codes(int i, int[] to, int at) {
    int count = slotOffsets[sites];
    if (frame.codeWidth() == 2) {
      int from = codesAt + 2 * i * count;
      for (int slot = 0; slot < count; slot++) {
        to[at + slot] = unsigned16(from + 2 * slot);
      }
    } else {
      int from = codesAt + 4 * i * count;
      for (int slot = 0; slot < count; slot++) {
        to[at + slot] = buffer.getInt(from + 4 * slot, ByteOrder.LITTLE_ENDIAN);
      }
    }
  }

  /// Number of overwritten slots.
  public int overwritten() {
    return overwrites;
  }

  /// Absolute position of an overwritten slot.
  public int overwrittenPosition(int i) {
    return buffer.getInt(
        overwritten(i) + OverwrittenDecoder.positionEncodingOffset(), ByteOrder.LITTLE_ENDIAN);
  }

  /// Its site: index in the model's list of sites.
  public int overwrittenSiteIndex(int i) {
    return unsigned16(overwritten(i) + OverwrittenDecoder.siteIndexEncodingOffset());
  }

  /// The slot; k and above are appended codes.
  public int overwrittenSlot(int i) {
    return buffer.getByte(overwritten(i) + OverwrittenDecoder.slotEncodingOffset()) & 0xFF;
  }

  /// The code that went on; -1: the slot contributed zero.
  public int overwrittenEffective(int i) {
    return buffer.getInt(
        overwritten(i) + OverwrittenDecoder.effectiveEncodingOffset(), ByteOrder.LITTLE_ENDIAN);
  }

  /// The rule that did it, if it is known.
  public Optional<String> overwrittenRule(int i) {
    int rule = overwrittenRuleIndex(i);
    if (rule == ActivationsEncoder.NO_RULE) {
      return Optional.empty();
    }
    int at = rulesAt + ruleBlock;
    for (int before = 0; before < rule; before++) {
      at += 2 + unsigned16(at) + ruleBlock;
    }
    return Optional.of(text(at));
  }

  private int overwritten(int i) {
    return overwrittenAt + i * overwrittenStride;
  }

  private int overwrittenRuleIndex(int i) {
    return unsigned16(overwritten(i) + OverwrittenDecoder.ruleEncodingOffset());
  }

  private int componentOrdinal(int site) {
    return buffer.getByte(sitesAt + site * siteStride + SitesDecoder.componentEncodingOffset())
        & 0xFF;
  }

  private int head(int site) {
    return buffer.getShort(
        sitesAt + site * siteStride + SitesDecoder.headEncodingOffset(), ByteOrder.LITTLE_ENDIAN);
  }

  private int unsigned16(int at) {
    return buffer.getShort(at, ByteOrder.LITTLE_ENDIAN) & 0xFFFF;
  }

  private String text(int at) {
    int length = unsigned16(at);
    byte[] utf8 = new byte[length];
    buffer.getBytes(at + 2, utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
