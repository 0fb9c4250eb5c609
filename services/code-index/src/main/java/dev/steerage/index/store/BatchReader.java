package dev.steerage.index.store;

import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.schemas.sbe.ActivationsDecoder;
import java.util.List;
import java.util.Optional;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/// Reads an activation message, of Kafka or of the live stream, into a batch of positions: bytes
/// that do not fit the announced model never reach the index.
public final class BatchReader {
  /// Longest request id, in characters, that an answer can carry.
  private static final int MAX_REQUEST_CHARS = 200;

  private static final int MAX_RULE_CHARS = 80;

  private final CodeIndex index;
  private final ActivationsDecoder decoder = new ActivationsDecoder();
  private final PositionBatch batch = new PositionBatch();
  private final UnsafeBuffer frame = new UnsafeBuffer();
  private KnownModel model;
  private String tenant;

  public BatchReader(CodeIndex index) {
    this.index = index;
  }

  /// Reads a message; why it is refused, or empty.
  public Optional<String> read(DirectBuffer buffer, int offset, int length) {
    // A view of the frame alone: no length in it can reach into its neighbours.
    frame.wrap(buffer, offset, length);
    var corrupt = decoder.wrap(frame, 0, length);
    if (corrupt.isPresent()) {
      return Optional.of(corrupt.get().reason());
    }
    tenant = decoder.tenant();
    String name = decoder.model();
    model = index.knownModel(name);
    if (model == null) {
      return Optional.of("model was never announced");
    }
    if (model.hashPrefix() != decoder.modelHashPrefix()) {
      return Optional.of("other weights than the announced ones");
    }
    return fill(model.shape());
  }

  private Optional<String> fill(ModelShape shape) {
    int first = decoder.firstPosition();
    if (first < 0 || (long) first + decoder.positions() > shape.maxPositions()) {
      return Optional.of("positions beyond the model's limit");
    }
    String request = decoder.request();
    if (request.isEmpty() || request.length() > MAX_REQUEST_CHARS) {
      return Optional.of("request id");
    }
    batch.begin(request, decoder.attempt(), first);
    int last = -1;
    for (int site = 0; site < decoder.sites(); site++) {
      int siteIndex = decoder.siteIndex(site);
      if (siteIndex <= last || siteIndex >= shape.sites().size()) {
        return Optional.of("sites");
      }
      last = siteIndex;
      if (decoder.slots(site) > shape.sites().get(siteIndex).activeCodes()) {
        return Optional.of("slots");
      }
      batch.site(siteIndex, decoder.slots(site));
    }
    return fillCodes(shape);
  }

  private Optional<String> fillCodes(ModelShape shape) {
    for (int i = 0; i < decoder.positions(); i++) {
      int at = batch.position(decoder.token(i));
      decoder.codes(i, batch.codes, at);
    }
    List<SiteShape> sites = shape.sites();
    for (int site = 0, before = 0; site < batch.sites; site++) {
      if (!areBelow(sites.get(batch.siteIndexes[site]).codes(), before, batch.slots[site])) {
        return Optional.of("codes");
      }
      before += batch.slots[site];
    }
    return fillTouches(shape);
  }

  /// Whether all codes of a site are below a limit.
  private boolean areBelow(int limit, int slotsBefore, int slots) {
    int[] codes = batch.codes;
    for (int i = 0; i < batch.positions; i++) {
      int from = i * batch.codesPerPosition + slotsBefore;
      for (int at = from; at < from + slots; at++) {
        if (Integer.compareUnsigned(codes[at], limit) >= 0) {
          return false;
        }
      }
    }
    return true;
  }

  private Optional<String> fillTouches(ModelShape shape) {
    for (int i = 0; i < decoder.overwritten(); i++) {
      int site = decoder.overwrittenSiteIndex(i);
      int put = decoder.overwrittenEffective(i);
      if (site >= shape.sites().size() || put < -1 || put >= shape.sites().get(site).codes()) {
        return Optional.of("overwritten");
      }
      Optional<String> rule = decoder.overwrittenRule(i);
      if (rule.isPresent() && rule.get().length() <= MAX_RULE_CHARS) {
        int taken = taken(decoder.overwrittenPosition(i), site, decoder.overwrittenSlot(i));
        batch.touch(site, put, taken == put ? -1 : taken, rule.get());
      }
    }
    return Optional.empty();
  }

  /// The natural code of a slot; -1: it was not captured, or the slot was appended.
  private int taken(int position, int siteIndex, int slot) {
    int site = batch.ordinal(siteIndex);
    int row = position - batch.firstPosition;
    boolean isThere = site >= 0 && row >= 0 && row < batch.positions && slot < batch.slots[site];
    return isThere ? decoder.code(row, site, slot) : -1;
  }

  /// The tenant that the message names; on Kafka the topic's name decides.
  public String tenant() {
    return tenant;
  }

  public KnownModel model() {
    return model;
  }

  /// The positions; valid until the next [#read].
  public PositionBatch batch() {
    return batch;
  }
}
