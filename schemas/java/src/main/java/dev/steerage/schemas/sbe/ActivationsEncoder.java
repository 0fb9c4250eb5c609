package dev.steerage.schemas.sbe;

import dev.steerage.domain.codebook.Site;
import dev.steerage.schemas.sbe.activations.ActivationsFrameEncoder;
import dev.steerage.schemas.sbe.activations.MessageHeaderEncoder;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/// Writes activation messages: [#begin], then for each position [#position], its codes by site and
/// slot with [#code] and its overwritten slots with [#overwritten], then [#encode].
///
/// Nothing is allocated per position once the buffers have grown.
public final class ActivationsEncoder {
  /// No rule is known for an overwritten slot.
  static final int NO_RULE = 0xFFFF;

  private static final int MAX_ENTRIES = 65_534;
  private static final int FULL_BYTES = 256 * 1024;

  private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(4096);
  private final MessageHeaderEncoder messageHeader = new MessageHeaderEncoder();
  private final ActivationsFrameEncoder frame = new ActivationsFrameEncoder();
  private final ExpandableArrayBuffer codes = new ExpandableArrayBuffer(4096);
  private final List<String> rules = new ArrayList<>();
  private ActivationsHeader header;
  private long tickMs;
  private int firstPosition;
  private int[] tokens = new int[64];
  private int positions;
  private int codeCount;
  private int[] overwritten = new int[5 * 64];
  private int overwrites;
  private int encodedLength;

  /// Starts a message; what was not encoded is dropped.
  public ActivationsEncoder begin(ActivationsHeader newHeader, long newTickMs, int position) {
    header = newHeader;
    tickMs = newTickMs;
    firstPosition = position;
    positions = 0;
    codeCount = 0;
    overwrites = 0;
    encodedLength = 0;
    rules.clear();
    return this;
  }

  /// Starts the next position.
  ///
  /// @param token the token id that was read there
  public void position(int token) {
    assert codeCount == positions * header.codesPerPosition : "codes of the position before";
    if (positions == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * tokens.length);
    }
    tokens[positions++] = token;
  }

  /// The next natural code of the position, in the order of sites and slots.
  public void code(int code) {
    if (header.codeWidth == 2) {
      codes.putShort(2 * codeCount, (short) code, ByteOrder.LITTLE_ENDIAN);
    } else {
      codes.putInt(4 * codeCount, code, ByteOrder.LITTLE_ENDIAN);
    }
    codeCount++;
  }

  /// A slot of the current position whose effective code is not the natural one.
  ///
  /// @param effective the code that went on; -1: the slot contributed zero
  /// @param rule the rule that did it, or null
  public void overwritten(int siteIndex, int slot, int effective, String rule) {
    if (overwrites == MAX_ENTRIES) {
      throw new IllegalStateException("overwritten slots: count=" + overwrites + ", limit reached");
    }
    if (5 * overwrites == overwritten.length) {
      overwritten = Arrays.copyOf(overwritten, 2 * overwritten.length);
    }
    int at = 5 * overwrites++;
    overwritten[at] = firstPosition + positions - 1;
    overwritten[at + 1] = effective;
    overwritten[at + 2] = siteIndex;
    overwritten[at + 3] = rule == null ? NO_RULE : ruleIndex(rule);
    overwritten[at + 4] = slot;
  }

  /// Positions since [#begin].
  public int positions() {
    return positions;
  }

  /// Whether the message should be encoded before another position is added.
  public boolean isFull() {
    return codeCount * header.codeWidth + 13 * overwrites > FULL_BYTES
        || overwrites > MAX_ENTRIES / 2
        || positions > MAX_ENTRIES / 2;
  }

  /// Writes the message to [#buffer] from 0; its length.
  public int encode() {
    if (codeCount != positions * header.codesPerPosition) {
      throw new IllegalStateException(
          "codes: count=" + codeCount + ", expected=" + positions * header.codesPerPosition);
    }
    frame
        .wrapAndApplyHeader(buffer, 0, messageHeader)
        .tickMs(tickMs)
        .modelHashPrefix(header.modelHashPrefix)
        .promptLength(header.promptLength)
        .firstPosition(firstPosition)
        .attempt(header.attempt)
        .codeWidth((short) header.codeWidth);
    encodeSites();
    encodeOverwritten();
    var ruleGroup = frame.rulesCount(rules.size());
    for (int i = 0; i < rules.size(); i++) {
      byte[] rule = Text.bytes("rule", rules.get(i));
      ruleGroup.next().putRule(rule, 0, rule.length);
    }
    frame.putTenant(header.tenant, 0, header.tenant.length);
    frame.putModel(header.model, 0, header.model.length);
    frame.putRequest(header.request, 0, header.request.length);
    encodeTokens();
    frame.putCodes(codes, 0, codeCount * header.codeWidth);
    encodedLength = MessageHeaderEncoder.ENCODED_LENGTH + frame.encodedLength();
    return encodedLength;
  }

  private void encodeSites() {
    var sites = frame.sitesCount(header.sites.length);
    for (int i = 0; i < header.sites.length; i++) {
      Site site = header.sites[i].site();
      sites
          .next()
          .siteIndex(header.siteIndexes[i])
          .layer(site.layer())
          .head((short) site.head())
          .component((short) site.component().ordinal())
          .slots((short) header.sites[i].activeCodes());
    }
  }

  private void encodeOverwritten() {
    var group = frame.overwrittenCount(overwrites);
    for (int at = 0; at < 5 * overwrites; at += 5) {
      group
          .next()
          .position(overwritten[at])
          .effective(overwritten[at + 1])
          .siteIndex(overwritten[at + 2])
          .rule(overwritten[at + 3])
          .slot((short) overwritten[at + 4]);
    }
  }

  private void encodeTokens() {
    int at = frame.limit();
    buffer.putInt(at, 4 * positions, ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < positions; i++) {
      buffer.putInt(at + 4 + 4 * i, tokens[i], ByteOrder.LITTLE_ENDIAN);
    }
    frame.limit(at + 4 + 4 * positions);
  }

  private int ruleIndex(String rule) {
    for (int i = 0; i < rules.size(); i++) {
      if (rules.get(i).equals(rule)) {
        return i;
      }
    }
    if (rules.size() == MAX_ENTRIES) {
      return NO_RULE;
    }
    rules.add(rule);
    return rules.size() - 1;
  }

  /// The bytes of the last [#encode], from 0; valid until the next.
  public DirectBuffer buffer() {
    return buffer;
  }

  /// A copy of the bytes of the last [#encode].
  public byte[] toBytes() {
    return Arrays.copyOf(buffer.byteArray(), encodedLength);
  }
}
