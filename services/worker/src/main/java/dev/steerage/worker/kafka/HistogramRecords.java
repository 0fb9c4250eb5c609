package dev.steerage.worker.kafka;

import dev.steerage.domain.model.SiteShape;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.sbe.HistogramEncoder;
import dev.steerage.schemas.sbe.HistogramHeader;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.worker.generation.ServedModel;
import dev.steerage.worker.tick.CodeFrame;
import dev.steerage.worker.tick.TickEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;

/// Exact histograms of one tick: how often each code was natural, per tenant and block of sites,
/// over every position of the tick. Commit thread only.
final class HistogramRecords {
  private final ServedModel model;
  private final String worker;
  private final HistogramEncoder encoder = new HistogramEncoder();
  private final Map<TenantId, TenantCodes> tenants = new LinkedHashMap<>();
  private final Map<String, HistogramHeader> headers = new LinkedHashMap<>();
  private int[] codes = new int[256];
  private int[] counts = new int[256];
  private long tickMs;

  HistogramRecords(ServedModel model, String worker) {
    this.model = model;
    this.worker = worker;
  }

  void begin(long newTickMs) {
    tickMs = newTickMs;
    tenants.clear();
  }

  void add(TickEvent.Fired fired) {
    tenants.computeIfAbsent(fired.origin().tenant(), _ -> new TenantCodes()).add(fired.frame());
  }

  List<ProducerRecord<byte[], byte[]>> end() {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    tenants.forEach((tenant, fired) -> write(tenant, fired, records));
    return records;
  }

  private void write(
      TenantId tenant, TenantCodes fired, List<ProducerRecord<byte[], byte[]>> records) {
    int sites = model.shape().sites().size();
    for (int first = 0; first < sites; first += HistogramHeader.SITES_PER_BLOCK) {
      int block = HistogramHeader.blockOf(first);
      encoder.begin(header(tenant, block), tickMs, fired.positions);
      int end = Math.min(sites, first + HistogramHeader.SITES_PER_BLOCK);
      for (int site = first; site < end; site++) {
        SiteShape shape = model.shape().sites().get(site);
        int distinct = count(fired.sorted(site, model.layout()));
        encoder.site(site, shape, codes, counts, distinct, fired.steered(site));
      }
      encoder.encode();
      records.add(
          TickRecords.record(
              Topics.HISTOGRAMS,
              Topics.histogramKey(tenant, model.name(), block),
              encoder.toBytes(),
              List.of()));
    }
  }

  private HistogramHeader header(TenantId tenant, int block) {
    return headers.computeIfAbsent(
        tenant + "/" + block,
        _ ->
            new HistogramHeader(tenant.name(), model.name(), model.engine().hash(), worker, block));
  }

  /// Runs of equal codes.
  ///
  /// @return how many codes there are
  private int count(int[] sorted) {
    int distinct = 0;
    for (int i = 0; i < sorted.length; i++) {
      if (i > 0 && sorted[i] == sorted[i - 1]) {
        counts[distinct - 1]++;
        continue;
      }
      if (distinct == codes.length) {
        codes = Arrays.copyOf(codes, 2 * distinct);
        counts = Arrays.copyOf(counts, 2 * distinct);
      }
      codes[distinct] = sorted[i];
      counts[distinct++] = 1;
    }
    return distinct;
  }

  /// The frames of one tenant in one tick.
  private static final class TenantCodes {
    private final List<CodeFrame> frames = new ArrayList<>();
    private int positions;

    void add(CodeFrame frame) {
      frames.add(frame);
      positions += frame.positions();
    }

    int[] sorted(int site, CodeFrame.Layout layout) {
      int active = layout.activeCodes(site);
      int[] all = new int[positions * active];
      int n = 0;
      for (CodeFrame frame : frames) {
        for (int position = 0; position < frame.positions(); position++) {
          for (int slot = 0; slot < active; slot++) {
            all[n++] = frame.natural(position, site, slot);
          }
        }
      }
      Arrays.sort(all);
      return all;
    }

    long steered(int site) {
      long steered = 0;
      for (CodeFrame frame : frames) {
        for (int i = 0; i < frame.writes(); i++) {
          if (frame.writeSite(i) == site) {
            steered++;
          }
        }
      }
      return steered;
    }
  }
}
